#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/operations/bank_operation.h"
#include "sim/cosim/bank_coverage.h"
#include "tlm/rtl/bank_transactor.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {

struct BankBenchOptions {
  MakeBankTransactor rtl;         ///< the RTL to compare with the model
  std::uint64_t commands = 1000;  ///< run commands 0 to commands - 1
  std::uint64_t from =
      0;  ///< the first command to run; commands between its bank's reset and this one are left out
  /// If not empty: run only these commands, all of one bank, in order.
  std::vector<std::uint64_t> only;
  std::vector<std::string> settings;  ///< BankStimuli::parameters()
  std::vector<std::string> towards;   ///< formats to draw in turn, for every other command; empty: all
  std::string vectors;                ///< file for transactions for other benches (BankVectors); empty: none
  /// Inserts a fault to test the bench itself: inverts a bit of this command's result in the RTL's BRAM.
  std::optional<std::uint64_t> plant;
  /// If set: find the cycle in which the RTL writes these bytes of BRAM in the last command.
  std::optional<BramSpan> watch;
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 30;  ///< cycles in which a side of a bus handshake makes the other wait
  /// VCD of the RTL during commands [traceFrom, traceTo); empty: none.
  std::string wave;
  std::string record;  ///< file for the pins of the first bank, for rtl_ref/tb/pim_bank_tb.sv; empty: none
  std::uint64_t traceFrom = 0;
  std::uint64_t traceTo = 0;
};

struct BankBenchResult {
  std::uint64_t commands = 0;
  std::uint64_t refused = 0;  ///< commands that both refused
  std::uint64_t cycles = 0;   ///< clock cycles of the RTL
  std::uint64_t dramCommands = 0;
  std::map<std::string, std::uint64_t> formats;  ///< commands executed, by kind and format; has every format
  BankCoverage coverage;
  std::optional<Mismatch> mismatch;
  std::uint64_t mismatchAt = 0;           ///< number of the command that differs, from 0
  std::uint64_t lastPosted = 0;           ///< number of the last command that was posted
  Picoseconds clock = 0;                  ///< DRAM clock of the last bank
  std::optional<BramSpan> element;        ///< the element of the results that differs
  std::optional<std::int64_t> writtenIn;  ///< cycle of the last write to the watched bytes
};

/// Gives the same random commands to the RTL and to the TLM bank, one after another; some begin while the
/// previous one still runs, with bus traffic in parallel. Compares every DRAM command and its cycle, the
/// cycle in which a command is complete, refusals, results, all cells, and from time to time all of BRAM. A
/// new bank with new timings begins every 250 commands. Stops at the first difference. Equal options give
/// equal runs, and a command does not depend on those that are left out.
BankBenchResult runBankBench(const BankBenchOptions& options);

/// Runs a failing sequence again to replace the cycle of the mismatch, which is that of the comparison, by
/// the cycle in which the RTL wrote the element that differs. Leaves mismatches of another kind, and those
/// that do not come again without the commands after them, as they are.
void findWriteOfMismatch(const BankBenchOptions& options, BankBenchResult& failing);

/// Returns the shortest sequence of commands found that still ends with a mismatch. `failing`: the result of
/// runBankBench() for the options.
std::vector<std::uint64_t> minimalSequence(const BankBenchOptions& options, const BankBenchResult& failing);

}  // namespace pim::cosim
