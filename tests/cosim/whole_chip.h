#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "sim/cosim/chip_bench.h"
#include "tests/cli/shared_models.h"

namespace pim::cosim {

inline ChipBenchOptions adder() {
  ChipBenchOptions options;
  options.weights = PIMTLM_ADDER;
  return options;
}

inline ChipBenchOptions stories() {
  ChipBenchOptions options;
  options.weights = cli::sharedModels() + "stories260K-h192-q4_0-pure.gguf";
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
  // In the order of time, accesses to dies pass each other as annotated, but for requests of the same cycle.
  EXPECT_GT(result.dies.overlapping, result.dies.accesses / 10);
  EXPECT_EQ(result.dies.wrong, 0u);
  EXPECT_LE(result.dies.worst, 4);
  return result;
}

/// The layers together, and the worst of them, in the share of their time by which RTL and model differ.
inline double excessOfAll(const ChipBenchResult& result) {
  Picoseconds tlm = 0, rtl = 0;
  for (std::size_t i = 0; i < result.layers(); ++i) {
    tlm += result.tlm.parts[i].total;
    rtl += result.rtl.parts[i].total;
  }
  return std::abs(static_cast<double>(rtl) / static_cast<double>(tlm) - 1);
}
inline double excessOfWorst(const ChipBenchResult& result) {
  double worst = 0;
  for (std::size_t i = 0; i < result.layers(); ++i) worst = std::max(worst, std::abs(result.excess(i)));
  return worst;
}

}  // namespace pim::cosim
