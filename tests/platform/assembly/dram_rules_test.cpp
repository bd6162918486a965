#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

/// A checker that was written from the rules, not from the scheduler, watches every DRAM command of a run.
void expectNoViolation(const platform::Overrides& overrides) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63, 94, 125};
  run.generate = 4;
  run.functional = false;
  run.overrides = platform::Overrides{"simulation.check_timing=on"} + overrides;
  const ChipOutcome found = runChip(run);
  const std::string what = fmt::format("{}", fmt::join(overrides, " "));
  ASSERT_EQ(found.error, "") << what;
  EXPECT_EQ(found.result.dramViolations, 0u) << what;
  const Counters& counted = found.result.statistics.counters;
  EXPECT_GE(found.result.dramCommands, counted.dram.activates + counted.dram.precharges +
                                           counted.dram.columnMacs + counted.dram.columnReads +
                                           counted.dram.columnWrites)
      << what;
}

TEST(DramRules, HoldInWholeRuns) {
  for (const char* refresh : {"all_bank", "per_bank", "off"}) {
    for (const unsigned rowBuffers : {1u, 2u}) {
      for (const char* embedding : {"controller", "banks"}) {
        expectNoViolation({fmt::format("dram.refresh={}", refresh),
                           fmt::format("dram.row_buffers={}", rowBuffers),
                           fmt::format("mapping.embedding={}", embedding)});
      }
    }
  }
}

TEST(DramRules, HoldBetweenBanksThatRunDifferentCommands) {
  for (const char* limit : {"enforced", "staggered"}) {
    for (const unsigned rowBuffers : {1u, 2u}) {
      // Rows, heads and embeddings that do not fill the die: commands of many masks follow each other.
      expectNoViolation({"chip.dies=2", "chip.banks_per_die=8", "mapping.embedding=banks",
                         fmt::format("dram.activation_limit={}", limit),
                         fmt::format("dram.row_buffers={}", rowBuffers)});
      expectNoViolation({"chip.dies=2", "chip.banks_per_die=8", "dram.refresh=per_bank",
                         "mapping.token_tile=2", fmt::format("dram.activation_limit={}", limit),
                         fmt::format("dram.row_buffers={}", rowBuffers)});
      expectNoViolation({"chip.dies=1", "chip.banks_per_die=16", "mapping.banks_per_head=4",
                         fmt::format("dram.activation_limit={}", limit),
                         fmt::format("dram.row_buffers={}", rowBuffers)});
    }
  }
}

TEST(DramRules, HoldWhenBanksShareHeads) {
  expectNoViolation({"mapping.banks_per_head=2"});
  expectNoViolation({"mapping.banks_per_head=4", "dram.refresh_postpone_max=0"});
}

}  // namespace
}  // namespace pim::test
