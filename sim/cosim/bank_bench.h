#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {

struct BankBenchOptions {
  std::uint64_t commands = 1000;
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
  std::optional<Mismatch> mismatch;
  std::uint64_t mismatchAt = 0;  ///< command, from 0
};

/// Gives the same random commands to pim_bank and to the TLM bank, one after another, some while the one
/// before still runs, with bus traffic beside them. Compares every DRAM command and its cycle, the cycle in
/// which a command is complete, refusals, results, all of the cells, and now and then all of BRAM. Every 250
/// commands get a new bank with new timings. Stops at the first difference. The same options give the same
/// run.
BankBenchResult runBankBench(const BankBenchOptions& options);

}  // namespace pim::cosim
