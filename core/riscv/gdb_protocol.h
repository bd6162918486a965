#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/riscv/debugger.h"

namespace pim::riscv {

/// Executes commands of GDB's remote serial protocol for one halted RV32 hart: registers (x0..x31, pc),
/// memory, breakpoints, step and continue. Packets are passed without frame and checksum.
class GdbProtocol {
 public:
  struct Answer {
    std::optional<std::string> packet{};   ///< the reply; nothing: the hart continues first
    std::optional<Debugger::Next> goOn{};  ///< how the hart continues; nothing: it stays halted
    bool left = false;                     ///< the debugger has disconnected, and its breakpoints are removed
  };

  /// Returns the reason of the stop, which GDB requests first and after each stop.
  std::string stopReply() const { return m_lost ? "S0b" : "S05"; }  // SIGSEGV, SIGTRAP
  void setLost(bool lost) { m_lost = lost; }

  Answer handle(const std::string& packet, Hart& hart, DebugMemory& memory);

 private:
  Answer breakpoint(const std::string& packet, Hart& hart);

  bool m_lost = false;
  std::set<std::uint32_t> m_breakpoints;
};

}  // namespace pim::riscv
