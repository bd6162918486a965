#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

ChipRun smallRun(platform::Overrides overrides) {
  ChipRun run;
  run.shape = tinyShape();
  run.prompt = {1, 32, 63};
  run.generate = 2;
  run.overrides = std::move(overrides);
  run.overrides.insert(run.overrides.begin(), {"chip.dies=2"});
  return run;
}

/// With every transaction of every bank compared, a run ends only if none differs.
void expectSameAsModel(const ChipRun& run, const std::string& fidelity) {
  const std::string what = fmt::format("{} rtl.banks={}", fmt::join(run.overrides, " "), fidelity);
  const ChipOutcome model = runChip(run);
  ASSERT_EQ(model.error, "") << what;
  ChipRun rtl = run;
  rtl.overrides.push_back("rtl.banks=" + fidelity);
  const ChipOutcome outcome = runChip(rtl);
  ASSERT_EQ(outcome.error, "") << what;
  EXPECT_EQ(firstDifference(model, outcome), "") << what;
  EXPECT_EQ(model.logits, outcome.logits) << what;
}

TEST(RtlBanks, AgreeWithTheModelInEveryTransaction) {
  expectSameAsModel(smallRun({}), "check");
}

TEST(RtlBanks, AgreeWithNarrowCachesSpreadOverBanks) {
  expectSameAsModel(smallRun({"kv.bits=4", "mapping.banks_per_head=2", "weights.zero_bits=4"}), "check");
  expectSameAsModel(smallRun({"kv.bits=8", "activation.bits=8"}), "check");
}

TEST(RtlBanks, AgreeWithPartialSumsAndTwoRowBuffers) {
  expectSameAsModel(smallRun(weightMapping("2d") + platform::Overrides{"dram.row_buffers=2"}), "check");
}

TEST(RtlBanks, MayStandAlone) {
  expectSameAsModel(smallRun({"rtl.bank_select=die1.bank2"}), "rtl");
}

TEST(RtlBanks, AreRefusedWhereTheRtlCannotBeTheBank) {
  const auto errorWith = [](const platform::Overrides& overrides) {
    return runChip(smallRun(platform::Overrides{"rtl.banks=check"} + overrides)).error;
  };
  EXPECT_EQ(errorWith({"rtl.bank_select=die2.bank0"}),
            "rtl.bank_select: expected all or die0.bank0 to die1.bank3, got die2.bank0");
  EXPECT_EQ(errorWith({"bank.mac_lanes=32"}),
            "bank.mac_lanes: expected 64, the lanes of the RTL (required by rtl.banks)");
  ChipRun timing = smallRun({"rtl.banks=check"});
  timing.functional = false;
  EXPECT_EQ(runChip(timing).error, "rtl.banks: expected tlm in a run without data");
}

}  // namespace
}  // namespace pim::test
