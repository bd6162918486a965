#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iostream>

#include "sim/cosim/chip_bench.h"
#include "tests/sim/commands/shared_models.h"

namespace pim::cosim {

/// On so small a model the firmware of aim8's core takes longer than all RTL; with this one the RTL is busy.
inline platform::Overrides onFastCore(platform::Overrides others = {}) {
  others.emplace_back("controller.firmware_clock_ns=0.05");
  return others;
}

inline ChipBenchOptions adder() {
  ChipBenchOptions options;
  options.weights = PIMTLM_ADDER;
  options.overrides = onFastCore();
  return options;
}

inline ChipBenchOptions stories() {
  ChipBenchOptions options;
  options.weights = cli::sharedModels() + "stories260K-h192-q4_0-pure.gguf";
  options.overrides = onFastCore();
  return options;
}

inline bool isThere(const ChipBenchOptions& options) {
  return std::filesystem::exists(options.weights);
}

/// The RTL computes what the model does; prints how long both take by layer.
inline ChipBenchResult expectSameWork(const ChipBenchOptions& options) {
  ChipBenchResult result = runChipBench(options);
  std::cout << result.table();
  EXPECT_EQ(result.difference(), "");
  EXPECT_EQ(result.rtl.tokens.size(), options.generate);
  EXPECT_GE(result.rtl.logits.size(), 32u * options.generate);
  // In the order of time, accesses to dies pass each other as annotated.
  EXPECT_GT(result.dies.overlapping, result.dies.accesses / 10);
  EXPECT_EQ(result.dies.wrong, 0u);
  EXPECT_EQ(result.dies.worst, 0);
  return result;
}

/// Each layer takes the model's time. A hundredth is asked for; banks, dies and ALUs are the RTL's in every
/// cycle, so it is the same picosecond, and refreshes meet the same commands.
inline void expectSameTime(const ChipBenchResult& result) {
  for (std::size_t i = 0; i <= result.layers(); ++i) {
    EXPECT_LE(std::abs(result.excess(i)), 0.01) << "layer " << i;
    EXPECT_EQ(result.rtl.parts[i].total, result.tlm.parts[i].total) << "layer " << i;
  }
  EXPECT_EQ(result.rtl.end, result.tlm.end);
}

inline void expectTheModelsWorkAndTime(const ChipBenchOptions& options) {
  expectSameTime(expectSameWork(options));
}

}  // namespace pim::cosim
