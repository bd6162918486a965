#pragma once

#include <cstddef>
#include <cstdint>

namespace pim::riscv {

class Hart;

/// Memory as a debugger sees it: no time passes, nothing happens beside.
class DebugMemory {
 public:
  virtual ~DebugMemory() = default;
  /// False: not all of these bytes are there; then none were moved.
  virtual bool peek(std::uint32_t address, std::uint8_t* to, std::size_t bytes) = 0;
  virtual bool poke(std::uint32_t address, const std::uint8_t* from, std::size_t bytes) = 0;
};

/// Why a hart stands still.
enum class Halt : std::uint8_t {
  Asked,  ///< at its first instruction, at a breakpoint, after a step, or because the debugger asked for it
  Lost    ///< it cannot go on: Hart::lost()
};

/// Looks into a hart that stands still, and says how it goes on.
class Debugger {
 public:
  enum class Next : std::uint8_t { Run, Step };

  virtual ~Debugger() = default;
  virtual Next onHalt(Hart& hart, DebugMemory& memory, Halt why) = 0;
  /// Asked between runs of some thousand cycles: whether the hart shall stand still.
  virtual bool wantsHalt() = 0;
};

}  // namespace pim::riscv
