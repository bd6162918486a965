#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

/// Data is computed by any number of threads, beside simulated time: never another bit, never another time.
void expectSameWithAnyThreads(ChipRun run) {
  const std::string what = fmt::format("{}", fmt::join(run.overrides, " "));
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125, 17, 48, 79, 110};
  run.generate = 6;
  const platform::Overrides given = run.overrides;
  run.overrides = given + platform::Overrides{"simulation.threads=1"};
  const ChipOutcome alone = runChip(run);
  ASSERT_EQ(alone.error, "") << what;
  ASSERT_EQ(alone.logits.size(), 6u);
  for (const unsigned threads : {2u, 4u}) {
    run.overrides = given + platform::Overrides{fmt::format("simulation.threads={}", threads)};
    const ChipOutcome together = runChip(run);
    EXPECT_EQ(together.result.tokens, alone.result.tokens) << what;
    EXPECT_EQ(together.logits, alone.logits) << what;
    EXPECT_EQ(firstDifference(together, alone), "") << what;
  }
}

TEST(Threads, ChangeNothing) {
  expectSameWithAnyThreads({});
}

TEST(Threads, ChangeNothingWhateverTheMapping) {
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u}) {
      ChipRun run;
      run.overrides = weightMapping(weights) +
                      platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead)};
      expectSameWithAnyThreads(run);
    }
  }
}

TEST(Threads, ChangeNothingWithTheEmbeddingInTheBanks) {
  ChipRun run;
  run.overrides = {"mapping.embedding=banks", "kv.bits=4"};
  expectSameWithAnyThreads(run);
}

}  // namespace
}  // namespace pim::test
