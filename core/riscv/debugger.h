#pragma once

#include <cstddef>
#include <cstdint>

namespace pim::riscv {

class Hart;

/// Memory for a debugger: an access takes no simulated time and has no side effects.
class DebugMemory {
 public:
  virtual ~DebugMemory() = default;
  /// Reads bytes. Returns false, and moves none, if some of them do not exist.
  virtual bool peek(std::uint32_t address, std::uint8_t* to, std::size_t bytes) = 0;
  virtual bool poke(std::uint32_t address, const std::uint8_t* from, std::size_t bytes) = 0;
};

/// The reason why a hart is halted.
enum class Halt : std::uint8_t {
  Asked,  ///< before its first instruction, at a breakpoint, after a step, or on the debugger's request
  Lost    ///< it cannot go on: Hart::lost()
};

/// Examines a hart that is halted, and decides how it continues.
class Debugger {
 public:
  enum class Next : std::uint8_t { Run, Step };

  virtual ~Debugger() = default;
  virtual Next onHalt(Hart& hart, DebugMemory& memory, Halt why) = 0;
  /// Called between runs of some thousand cycles. Returns whether the hart must halt.
  virtual bool wantsHalt() = 0;
};

}  // namespace pim::riscv
