#pragma once

#include <stdexcept>
#include <string>

namespace pim {

/// An assertion of the RTL that does not hold. `place`: file and line of the assertion, "pim_alu.sv:421".
struct RtlAssertion : std::logic_error {
  explicit RtlAssertion(const std::string& where)
      : std::logic_error("assertion at " + where + " does not hold"), place(where) {}
  std::string place;
};

/// Throws RtlAssertion if an assertion of a Verilated block has failed in this thread since the last call. To
/// be called after each eval(): Verilator's own answer to a failed assertion ends the process.
void requireAssertions();
/// Forgets those that have failed since.
void dropAssertions();

}  // namespace pim
