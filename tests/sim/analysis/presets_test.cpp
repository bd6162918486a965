#include <gtest/gtest.h>

#include "tests/sim/analysis/decode_run.h"

// What each preset is there to show.
namespace pim::sim {
namespace {

TEST(Offchip, WithoutOverlapATokenTakesItsLatenciesAndItsWork) {
  const DecodeRun run = runDecode(ChipSetup("offchip", {"schedule.overlap=off"}), 512);
  ASSERT_TRUE(run.done);
  constexpr double kLambda = 1e-4;
  double work = 0;  // of all but the core, which prepares a command while the one before it is under way
  for (std::size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    if (component != Component::Latency && component != Component::Firmware) work += run.step.busy[i];
  }
  const double messages = run.step.messagesWeights + run.step.messagesKv;
  EXPECT_NEAR(run.step.seconds, messages * kLambda + work, 0.01 * run.step.seconds);
  EXPECT_NEAR(run.step.busySeconds(Component::Latency), messages * kLambda, 1e-9);
  EXPECT_GT(messages * kLambda, 0.9 * run.step.seconds);
}

TEST(Edge, MoreThanFiftyTokensASecondAtContext4096With4BitKv) {
  const DecodeRun run = runDecode(ChipSetup("edge", {"kv.bits=4"}), 4096);
  ASSERT_TRUE(run.done);
  EXPECT_GT(1 / run.step.seconds, 50);
}

TEST(Edge, EachBandwidthAndTheMacRateAreATenth) {
  const platform::Config edge = platform::loadPreset("edge");
  const PeakRates slow = peakRates(edge), fast = peakRates(platform::loadPreset("aim8"));
  EXPECT_DOUBLE_EQ(slow.allBanks(), fast.allBanks() / 10);
  EXPECT_DOUBLE_EQ(slow.allLinks(), fast.allLinks() / 10);
  EXPECT_DOUBLE_EQ(slow.controller, fast.controller / 10);
  EXPECT_DOUBLE_EQ(slow.macs, fast.macs / 10);
}

TEST(TwoDimensions, PartialSumsTravelAndCostTime) {
  const DecodeRun rows = runDecode(ChipSetup("aim8", {}), 512);
  const DecodeRun both = runDecode(ChipSetup("aim8", {"mapping.weights=2d"}), 512);
  ASSERT_TRUE(rows.done && both.done);
  EXPECT_GT(both.step.linkOutWeights, 8 * rows.step.linkOutWeights);        // 8 parts of 8 bytes for one of 4
  EXPECT_LT(both.step.linkInWeights, 0.2 * rows.step.linkInWeights);        // each die needs its part only
  EXPECT_GT(both.step.controllerWeights, 2 * rows.step.controllerWeights);  // the reduction
  EXPECT_GT(both.step.seconds, 1.02 * rows.step.seconds);
}

TEST(Overlap, NeverTakesLongerThanOneCommandAfterTheOther) {
  const DecodeRun on = runDecode(ChipSetup("aim8", {}), 512);
  const DecodeRun off = runDecode(ChipSetup("aim8", {"schedule.overlap=off"}), 512);
  ASSERT_TRUE(on.done && off.done);
  EXPECT_LT(on.step.seconds, off.step.seconds);
}

}  // namespace
}  // namespace pim::sim
