#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/fpga/instruction.h"
#include "core/fpga/instruction_timing.h"

namespace pim::fpga {

/// The time in which an instruction ran.
struct Interval {
  Femtoseconds begin;
  Femtoseconds end;
};

/// The tokens between the units of a core, and the time at which each unit is free. Instructions come in
/// program order, in which a token is always given before it is taken; units nevertheless overlap.
class TokenSchedule {
 public:
  /// Runs the next instruction of the program on its unit. Throws a UserError if it waits for a token that no
  /// instruction gave, because such a program would never end.
  Interval run(const Instruction& instruction, Femtoseconds duration);

  /// Returns the time at which the last unit ends.
  Femtoseconds end() const;
  /// Returns the number of tokens given and not yet taken.
  std::size_t pending() const;
  /// Restarts at time zero.
  void reset();

 private:
  /// Times at which tokens from one unit to another were given, oldest first.
  struct Tokens {
    std::vector<Femtoseconds> given;
    std::size_t taken = 0;
  };
  [[noreturn]] static void refuse(const Instruction& instruction, Unit from);

  std::array<std::array<Tokens, kUnits>, kUnits> m_tokens;  // [from][to]
  std::array<Femtoseconds, kUnits> m_free{};
};

}  // namespace pim::fpga
