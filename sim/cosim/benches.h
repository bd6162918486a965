#pragma once

#include <string>
#include <vector>

#include "tlm/rtl/bank_transactor.h"
#include "tlm/rtl/rtl_factories.h"

namespace pim::cosim {

/// The RTL that the benches hold against the model. As it is made: the blocks of rtl_ref.
struct Blocks {
  Blocks();
  MakeBankTransactor bank;               ///< of the bench `bank`, and of every bank of the bench `chip`
  std::string program = "pimtlm-cosim";  ///< how the program is called, for messages and --help

  /// For a chip: this bank; die and ALU of rtl_ref.
  RtlFactories ofChip() const;
};

/// What pimtlm-cosim does: runs a bench. `words` are those behind the program's name: {"bank", "--commands",
/// "1000"}. Prints the result, and errors to stderr. Returns the exit status: 0 RTL and model agree, 1 they
/// differ, 2 bad input, 3 a fault of the bench. To be called from sc_main(), once: SystemC elaborates once a
/// process.
int runBench(const std::vector<std::string>& words, const Blocks& blocks);

/// For main(): calls sc_main() without SystemC's banner, which programs would read, and ends the program
/// cleanly at a signal.
int runProgram(int argc, char* argv[], const char* program);

}  // namespace pim::cosim
