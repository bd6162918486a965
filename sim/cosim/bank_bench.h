#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/cosim/bank_coverage.h"
#include "tlm/rtl/bank_transactor.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {

struct BankBenchOptions {
  MakeBankTransactor rtl;         ///< the RTL that is held against the model
  std::uint64_t commands = 1000;  ///< 0 to commands - 1
  std::uint64_t from = 0;  ///< begin with this one; those before it since its bank's reset are left out
  /// If not empty: of the commands only these, all of one bank, in order.
  std::vector<std::uint64_t> only;
  std::vector<std::string> settings;  ///< BankStimuli::parameters()
  std::vector<std::string> towards;   ///< formats that are drawn in turn, every other command; empty: all
  std::string vectors;                ///< transactions for benches of others (BankVectors); empty: none
  /// A fault to try the bench itself: a bit of what this command leaves in the RTL's BRAM is turned over.
  std::optional<std::uint64_t> plant;
  std::uint64_t seed = 1;
  std::uint32_t stallPercent = 30;  ///< how often a side of a bus handshake lets the other wait
  /// VCD of the RTL over commands [traceFrom, traceTo); empty: none.
  std::string wave;
  std::string record;  ///< pins of the first bank, for rtl_ref/tb/pim_bank_tb.sv; empty: none
  std::uint64_t traceFrom = 0;
  std::uint64_t traceTo = 0;
};

struct BankBenchResult {
  std::uint64_t commands = 0;
  std::uint64_t refused = 0;  ///< of them, by both
  std::uint64_t cycles = 0;   ///< of the RTL
  std::uint64_t dramCommands = 0;
  std::map<std::string, std::uint64_t> formats;  ///< of those executed, by kind and format; all of them
  BankCoverage coverage;
  std::optional<Mismatch> mismatch;
  std::uint64_t mismatchAt = 0;  ///< the command that differs, from 0
  std::uint64_t lastPosted = 0;  ///< the one that was posted last
};

/// Gives the same random commands to the RTL and to the TLM bank, one after another, some while the one
/// before still runs, with bus traffic beside them. Compares every DRAM command and its cycle, the cycle in
/// which a command is complete, refusals, results, all of the cells, and now and then all of BRAM. Every 250
/// commands get a new bank with new timings. Stops at the first difference. The same options give the same
/// run, and a command is the same whichever others are left out.
BankBenchResult runBankBench(const BankBenchOptions& options);

/// Commands of one bank that are left by themselves still end with a mismatch: as few of those of a failing
/// run as can be found. `failing`: what runBankBench() made of the options.
std::vector<std::uint64_t> minimalSequence(const BankBenchOptions& options, const BankBenchResult& failing);

}  // namespace pim::cosim
