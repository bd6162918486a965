#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "sim/run/decode_step.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"
#include "tests/sim/analysis/decode_run.h"

// What fits, and what is said of what does not.
namespace pim::sim {
namespace {

host::Capacity capacity(const ChipSetup& setup) {
  return host::planModel(setup.shape, chipShape(setup.config), mappingOptions(setup.config)).capacity;
}

std::string refusal(const ChipSetup& setup, std::uint32_t context) {
  try {
    decodeStep(setup.shape, setup.config, context);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(Capacity, WithoutScalesEmbeddingOrAlignment7564TokensFit) {
  const host::Capacity found = capacity(ChipSetup("aim8", {"kv.bits=4"}));
  EXPECT_EQ(found.idealContext, 7564u);
  const ChipSetup setup("aim8", {});
  EXPECT_EQ(found.idealContext,
            static_cast<std::uint64_t>(correctedContext(setup.shape, 4096.0 * 1024 * 1024)));
}

TEST(Capacity, WithThemFewerDo) {
  const host::Capacity found = capacity(ChipSetup("aim8", {"kv.bits=4"}));
  EXPECT_LT(found.maxContext, 7000u);
  EXPECT_GT(found.maxContext, 6000u);
}

TEST(Capacity, ARunBeyondItNamesTheBytesShortAndSettingsThatFit) {
  const ChipSetup setup("aim8", {"kv.bits=4"});
  const std::uint32_t most = std::min(capacity(setup).maxContext, capacity(setup).scoreContext);
  EXPECT_EQ(refusal(setup, most), "");
  const std::string message = refusal(setup, most + 1);
  EXPECT_NE(message.find("short of"), std::string::npos) << message;
  EXPECT_NE(message.find(" bytes"), std::string::npos) << message;
  EXPECT_NE(message.find("chip.dies=16"), std::string::npos) << message;
  EXPECT_EQ(refusal(ChipSetup("aim8", {"kv.bits=4", "chip.dies=16"}), most + 1), "");
}

TEST(Capacity, ThirteenBillionAreRefusedAndRunOnSixteenDies) {
  const std::string message = refusal(ChipSetup("aim8", {}, "llama-13b"), 128);
  EXPECT_NE(message.find("short of"), std::string::npos) << message;
  EXPECT_NE(message.find("chip.dies=16"), std::string::npos) << message;
  const DecodeRun run = runDecode(ChipSetup("aim8", {"chip.dies=16"}, "llama-13b"), 128);
  EXPECT_TRUE(run.done);
  EXPECT_GT(run.step.bankBytesWeights, 6.5e9);  // 13 billion weights of 4 bits
}

class OtherModels : public ::testing::TestWithParam<const char*> {};

TEST_P(OtherModels, RunOnTheDefaultChip) {
  const DecodeRun run = runDecode(ChipSetup("aim8", {}, GetParam()), 64);
  EXPECT_TRUE(run.done);
  EXPECT_GT(run.step.seconds, 0);
}

INSTANTIATE_TEST_SUITE_P(GroupedQueries, OtherModels, ::testing::Values("llama-3-8b", "tinyllama-1.1b"));

}  // namespace
}  // namespace pim::sim
