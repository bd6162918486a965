// Decode steps as a program that is recorded once: the tokens and logits of commands posted for each token.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

ChipRun tinyRun(const platform::Overrides& overrides, bool functional) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125};
  run.generate = 6;
  run.functional = functional;
  run.overrides = overrides;
  return run;
}

const platform::Overrides kCached{"schedule.program=cached"};

TEST(CachedProgram, GivesTheLogitsOfPostedCommandsWhateverTheMapping) {
  for (const char* weights : {"1d", "2d"}) {
    for (const unsigned banksPerHead : {1u, 2u}) {
      for (const char* embedding : {"banks", "controller"}) {
        const platform::Overrides mapping =
            weightMapping(weights) +
            platform::Overrides{fmt::format("mapping.banks_per_head={}", banksPerHead),
                                fmt::format("mapping.embedding={}", embedding)};
        const ChipOutcome posted = runChip(tinyRun(mapping, true)),
                          cached = runChip(tinyRun(mapping + kCached, true));
        ASSERT_EQ(cached.error, "") << weights << banksPerHead << embedding;
        EXPECT_EQ(cached.result.tokens, posted.result.tokens);
        EXPECT_EQ(cached.logits, posted.logits);
        const Counters &a = cached.result.statistics.counters, &b = posted.result.statistics.counters;
        EXPECT_EQ(a.messages, b.messages);
        EXPECT_EQ(a.macOperations, b.macOperations);
        EXPECT_EQ(a.bankBytes, b.bankBytes);
        EXPECT_EQ(a.commands, b.commands);
      }
    }
  }
}

TEST(CachedProgram, TakesTheSameTimeWithAndWithoutData) {
  for (const char* change : {"schedule.overlap=on", "schedule.overlap=off", "attention.mask=sliding:64",
                             "controller.queue_depth=2", "link.duplex=half"}) {
    const platform::Overrides overrides = kCached + platform::Overrides{change};
    const ChipOutcome functional = runChip(tinyRun(overrides, true)),
                      timing = runChip(tinyRun(overrides, false));
    ASSERT_EQ(functional.error, "") << change;
    EXPECT_EQ(firstDifference(functional, timing), "") << change;
  }
}

}  // namespace
}  // namespace pim::test
