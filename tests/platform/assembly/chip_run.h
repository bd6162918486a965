#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/config/loader.h"
#include "sim/run/simulation.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::test {

/// A job on a chip. SystemC elaborates once a process, so each run has a process of its own.
struct ChipRun {
  ModelShape shape;
  std::vector<std::uint32_t> prompt;
  std::uint32_t generate = 1;
  platform::Overrides overrides;  ///< on top of smallChip()
  bool functional = true;         ///< with the data of modelOf(), or timing only
  bool everyPosition = false;     ///< logits of each position of the prompt
  std::uint32_t context = 0;      ///< tokens taken as in the cache already; timing only
};

struct ChipOutcome {
  std::string error;  ///< why there is nothing else; empty after a run that ended well
  sim::RunResult result;
  std::vector<std::vector<std::int32_t>> logits;  ///< of each token, [vocab]
  std::size_t peakBytes = 0;                      ///< of host memory, the tests' own included
};

/// An aim8 of 4 banks a die with little memory: quick to elaborate, and small enough to need tiles.
const platform::Overrides& smallChip();
/// What makes an aim8 of it again.
platform::Overrides wholeChip();

/// Overrides for "1d", or for "2d" with the input in two parts, whatever the number of dies.
platform::Overrides weightMapping(const std::string& name);
platform::Overrides operator+(platform::Overrides first, const platform::Overrides& second);

/// The random model of a run: same shape and weight format, same bits.
host::QuantizedModel modelOf(const ChipRun& run);

/// Plans, packs and simulates in a child process.
ChipOutcome runChip(const ChipRun& run);

/// "" or the first thing in which time, traffic or counts of two runs differ. What they computed is not
/// compared.
std::string firstDifference(const ChipOutcome& a, const ChipOutcome& b);

/// Two layers, grouped-query attention, sizes that do not divide evenly over most chips.
ModelShape tinyShape();

}  // namespace pim::test
