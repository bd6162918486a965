#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/fpga/instruction.h"
#include "core/fpga/instruction_timing.h"

namespace pim::fpga {

/// When an instruction ran.
struct Interval {
  Femtoseconds begin;
  Femtoseconds end;
};

/// The tokens between the units of a core and when each unit is next free. Instructions come in program
/// order, in which a token is always given before it is taken; units overlap all the same.
class TokenSchedule {
 public:
  /// Runs the next instruction of the program on its unit. Throws a UserError where a token that it waits for
  /// was never given: such a program would never end.
  Interval run(const Instruction& instruction, Femtoseconds duration);

  /// When the last unit is done.
  Femtoseconds end() const;
  /// Tokens given and not taken so far.
  std::size_t pending() const;
  /// Starts over at time zero.
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
