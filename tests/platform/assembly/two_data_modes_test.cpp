#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

/// A run with and one without data: the same work, so the same time, traffic, messages and DRAM commands.
void expectSameTiming(ChipRun run) {
  const std::string what = fmt::format("{}", fmt::join(run.overrides, " "));
  run.functional = true;
  const ChipOutcome functional = runChip(run);
  ASSERT_EQ(functional.error, "") << what;
  run.functional = false;
  const ChipOutcome timing = runChip(run);
  ASSERT_GT(functional.result.end, 0);
  EXPECT_EQ(firstDifference(functional, timing), "") << what;
}

ChipRun tinyRun(platform::Overrides overrides = {}) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125};
  run.generate = 4;
  run.overrides = std::move(overrides);
  return run;
}

TEST(TwoDataModes, TakeTheSameTimeWhateverTheMapping) {
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u, 4u}) {
      for (const char* overlap : {"on", "off"}) {
        expectSameTiming(tinyRun(weightMapping(weights) +
                                 platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                                     fmt::format("schedule.overlap={}", overlap)}));
      }
    }
  }
}

TEST(TwoDataModes, TakeTheSameTimeOnMoreAndFewerDies) {
  for (const unsigned dies : {1u, 3u, 8u}) expectSameTiming(tinyRun({fmt::format("chip.dies={}", dies)}));
}

TEST(TwoDataModes, TakeTheSameTimeWhateverTheFormats) {
  expectSameTiming(tinyRun({"kv.bits=4", "mapping.banks_per_head=2"}));
  expectSameTiming(tinyRun({"kv.bits=8", "activation.bits=8", "weights.zero_bits=4"}));
  expectSameTiming(tinyRun({"bank.vector_buffer_bytes=64"}));
}

TEST(TwoDataModes, TakeTheSameTimeWhateverTheDram) {
  expectSameTiming(tinyRun({"dram.refresh=per_bank"}));
  expectSameTiming(tinyRun({"dram.refresh=off"}));
  expectSameTiming(tinyRun({"dram.model=ideal"}));
  expectSameTiming(tinyRun({"dram.row_buffers=2"}));
  expectSameTiming(tinyRun({"dram.activation_limit=enforced"}));
  expectSameTiming(tinyRun({"dram.activation_limit=staggered"}));
  expectSameTiming(tinyRun({"link.duplex=half"}));
}

TEST(TwoDataModes, TakeTheSameTimeWhateverTheShape) {
  ChipRun run = tinyRun();
  run.shape.kvHeads = 8;
  expectSameTiming(run);
  run.shape.heads = 4;
  run.shape.kvHeads = 1;
  run.shape.headDim = 32;
  expectSameTiming(run);
  run.shape.mlp = 416;
  run.shape.layers = 3;
  run.prompt.assign(19, 7);
  run.generate = 30;
  expectSameTiming(run);
}

TEST(TwoDataModes, FetchPromptEmbeddingsFromTheBanksInTheSameTime) {
  ChipRun run = tinyRun({"mapping.embedding=banks"});
  run.generate = 1;  // without data all generated tokens are 0, and 0 lies elsewhere than what the model says
  expectSameTiming(run);
}

TEST(TwoDataModes, BothRepeatThemselvesExactly) {
  for (const bool functional : {true, false}) {
    ChipRun run = tinyRun();
    run.functional = functional;
    const ChipOutcome first = runChip(run);
    const ChipOutcome second = runChip(run);
    ASSERT_EQ(first.error, "");
    EXPECT_EQ(firstDifference(first, second), "");
    EXPECT_EQ(first.logits, second.logits);
    EXPECT_EQ(first.result.tokens, second.result.tokens);
  }
}

}  // namespace
}  // namespace pim::test
