#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/riscv/debugger.h"

namespace pim::riscv {

/// Commands of GDB's remote serial protocol for one RV32 hart that stands still: registers (x0..x31, pc),
/// memory, breakpoints, step and continue. Packets come and go without frame and checksum.
class GdbProtocol {
 public:
  struct Answer {
    std::optional<std::string> packet{};   ///< what to send; nothing: the hart goes on first
    std::optional<Debugger::Next> goOn{};  ///< the hart goes on
    bool left = false;                     ///< the debugger has gone, and its breakpoints with it
  };

  /// What GDB asks for first and after each stop.
  std::string stopReply() const { return m_lost ? "S0b" : "S05"; }  // SIGSEGV, SIGTRAP
  void setLost(bool lost) { m_lost = lost; }

  Answer handle(const std::string& packet, Hart& hart, DebugMemory& memory);

 private:
  Answer breakpoint(const std::string& packet, Hart& hart);

  bool m_lost = false;
  std::set<std::uint32_t> m_breakpoints;
};

}  // namespace pim::riscv
