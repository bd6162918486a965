#pragma once

#include <string>
#include <vector>

#include "tlm/rtl/bank_transactor.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::cosim {

/// The RTL that the benches compare with the model. The default is the blocks of rtl_ref.
struct Blocks {
  Blocks();
  MakeBankTransactor bank;               ///< for the bench `bank`, and for every bank of the bench `chip`
  std::string program = "pimtlm-cosim";  ///< name of the program, for messages and --help

  /// Returns the RTL for a chip: this bank; die and ALU of rtl_ref.
  RtlFactories ofChip() const;
};

/// Runs a bench: the body of pimtlm-cosim. `words` are the arguments after the program's name: {"bank",
/// "--commands", "1000"}. Prints the result, and errors to stderr. Returns the exit status: 0 RTL and model
/// agree, 1 they differ, 2 bad input, 3 a fault of the bench. Call it once, from sc_main(), because SystemC
/// elaborates once per process.
int runBench(const std::vector<std::string>& words, const Blocks& blocks);

/// Serves as the body of main(): calls sc_main() without SystemC's banner, which would disturb programs that
/// read the output, and ends the program cleanly at a signal.
int runProgram(int argc, char* argv[], const char* program);

}  // namespace pim::cosim
