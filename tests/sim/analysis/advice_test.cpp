#include "sim/analysis/advice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.h"
#include "tests/sim/analysis/advice_check.h"

namespace pim::sim {
namespace {

TEST(Advice, IsWhatARunByHandGives) {
  const ChipSetup setup("aim8", {}, "tinyllama-1.1b");
  const PointJob job{3, 20, 6};
  const Advice advice = adviseOn(setup.shape, setup.config, job, 2);
  EXPECT_GT(advice.tried, 30u);
  ASSERT_TRUE(advice.decode);
  EXPECT_FALSE(advice.decode->empty());
  EXPECT_FALSE(advice.prefill.empty());
  expectWhatRunsByHandGive(setup, job, advice);
}

TEST(Advice, NamesWhatASlowChipLacks) {
  const std::pair<const char*, const char*> cases[] = {
      {"controller.firmware_clock_ns=64", "controller.firmware_"},
      {"link.exchange_latency_ns=3000", "link.exchange_latency_ns"},
      {"link.bandwidth_gb_per_s=0.02", "link.bandwidth_gb_per_s"},
      {"dram.t_ccd_ns=100", "dram.t_ccd_ns"},
      {"controller.memory_bandwidth_gb_per_s=0.05", "controller.memory_bandwidth_gb_per_s"}};
  for (const auto& [set, key] : cases) {
    // The firmware of aim8's core would take longer than what is slow, on so small a model.
    const ChipSetup setup("aim8", {"weights.group=32", "controller.firmware_clock_ns=0.001", set}, "tiny");
    const Advice advice = adviseOn(setup.shape, setup.config, {0, 9, 3}, 2);
    ASSERT_TRUE(advice.decode && !advice.decode->empty()) << set;
    EXPECT_EQ(advice.decode->front().change.key.rfind(key, 0), 0u)
        << set << " is told " << advice.decode->front().change.text();
    EXPECT_GT(advice.decode->front().gain, 0.3) << set;
  }
}

TEST(Advice, SetsTheScheduleApart) {
  const ChipSetup setup("aim8", {"schedule.overlap=off"}, "tinyllama-1.1b");
  const Advice advice = adviseOn(setup.shape, setup.config, {0, 33, 3}, 2);
  const auto free = std::find_if(advice.prefill.begin(), advice.prefill.end(), [](const TriedChange& tried) {
    return kindOf(tried).cost == platform::Lever::Cost::kSchedule;
  });
  ASSERT_NE(free, advice.prefill.end());
  EXPECT_EQ(free->change.text(), "schedule.overlap=on");
}

TEST(Advice, OnRandomChipsGainsWhatItSays) {
  expectAdviceOnRandomChips(23, 6);
}

/// The adviser's core, whose cost is that of two runs by hand.
CoreHeadroom coreByHand(const ChipSetup& setup) {
  const PointJob job{50, 1, 2};
  const Advice advice = adviseOn(setup.shape, setup.config, job, 2);
  const CoreHeadroom core = advice.core.value();
  ChipSetup slower = setup;
  slower.config.controller.firmwareClockNs *= core.factor;
  EXPECT_NEAR(ratesByHand(setup.shape, setup.config, job)->decode /
                      ratesByHand(setup.shape, slower.config, job)->decode -
                  1,
              core.cost, 1e-12);
  return core;
}

TEST(Advice, SaysHowMuchSlowerTheCoreCouldBe) {
  const CoreHeadroom core =
      coreByHand(ChipSetup("aim8", {"controller.firmware_clock_ns=0.02"}, "tinyllama-1.1b"));
  EXPECT_GE(core.factor, 2);
  EXPECT_LE(core.cost, kWorthNaming);
}

TEST(Advice, SaysWhatTheFirstSlowerCoreCostsWhereNoneIsCheap) {
  const CoreHeadroom core = coreByHand(ChipSetup("aim8", {}, "tinyllama-1.1b"));
  EXPECT_EQ(core.factor, 2);
  EXPECT_GT(core.cost, kWorthNaming);
}

TEST(Advice, NeedsAJobThatFits) {
  const ChipSetup setup("aim8", {}, "llama-7b");
  EXPECT_THROW(adviseOn(setup.shape, setup.config, {0, 100000, 2}, 1), UserError);
}

}  // namespace
}  // namespace pim::sim
