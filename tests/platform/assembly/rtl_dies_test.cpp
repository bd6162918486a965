#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

ChipRun smallRun(const platform::Overrides& overrides) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63};
  run.generate = 2;
  run.overrides = smallChip() + overrides;
  return run;
}

ChipOutcome outcomeOf(const platform::Overrides& overrides) {
  return runChip(smallRun(overrides));
}

/// The same tokens and logits, at the same times.
void expectSameWork(const platform::Overrides& overrides) {
  const std::string what = fmt::format("{}", fmt::join(overrides, " "));
  const ChipOutcome model = outcomeOf(overrides);
  const ChipOutcome check = outcomeOf(overrides + platform::Overrides{"rtl.dies=check"});
  const ChipOutcome rtl = outcomeOf(overrides + platform::Overrides{"rtl.dies=rtl"});
  ASSERT_EQ(model.error, "") << what;
  ASSERT_EQ(check.error, "") << what;
  for (const ChipOutcome* other : {&check, &rtl}) {
    EXPECT_EQ(model.logits, other->logits) << what;
    EXPECT_EQ(firstDifference(model, *other), "") << what;
  }
}

TEST(RtlDies, AgreeWithTheModelInEveryAccess) {
  expectSameWork({});
}

TEST(RtlDies, AgreeWithPartialSumsWordsFetchedFromBanksAndHalfDuplex) {
  expectSameWork(weightMapping("2d") + platform::Overrides{"link.duplex=half", "mapping.embedding=banks"});
}

TEST(RtlDies, AgreeWithBanksInRtlBehindThem) {
  expectSameWork({"rtl.banks=check", "chip.banks_per_die=2"});
}

TEST(RtlDies, AreRefusedWhereTheRtlCannotBeTheDie) {
  const auto errorWith = [](const platform::Overrides& overrides) {
    return outcomeOf(platform::Overrides{"rtl.dies=check"} + overrides).error;
  };
  EXPECT_EQ(errorWith({"chip.banks_per_die=17"}),
            "chip.banks_per_die: expected at most 16, as in RTL, for the sake of rtl.dies");
  EXPECT_EQ(errorWith({"die.ram_kib=32"}), "die.ram_kib: expected 64, as in RTL, for the sake of rtl.dies");
  EXPECT_EQ(
      errorWith({"die.ram_bandwidth_gbps=100"}),
      "die.ram_bandwidth_gbps: expected twice link.bandwidth_gbps, as in RTL, for the sake of rtl.dies");
  EXPECT_EQ(errorWith({"die.hop_ns=3"}),
            "die.hop_ns: expected the time of 64 bytes on the link, as in RTL, for the sake of rtl.dies");
  EXPECT_EQ(errorWith({"dram.activation_limit=enforced"}),
            "dram.activation_limit: expected off, for the sake of rtl.dies");
  ChipRun timing = smallRun({"rtl.dies=rtl"});
  timing.functional = false;
  EXPECT_EQ(runChip(timing).error, "rtl.dies: expected tlm in a run without data");
}

}  // namespace
}  // namespace pim::test
