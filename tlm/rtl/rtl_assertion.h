#pragma once

#include <stdexcept>
#include <string>

namespace pim {

/// A failed assertion of the RTL. `place`: file and line of the assertion, "pim_alu.sv:421".
struct RtlAssertion : std::logic_error {
  explicit RtlAssertion(const std::string& where)
      : std::logic_error("assertion at " + where + " does not hold"), place(where) {}
  std::string place;
};

/// Throws RtlAssertion if an assertion of a Verilated block has failed in this thread since the last call.
/// Call it after each eval(), because Verilator's default reaction to a failed assertion ends the process.
void requireAssertions();
/// Discards failed assertions.
void dropAssertions();

}  // namespace pim
