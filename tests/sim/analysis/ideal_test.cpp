#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>

#include "tests/sim/analysis/decode_run.h"

// Peak bandwidth and nothing else: the simulated chip does what the closed form says at the widths really
// used.
namespace pim::sim {
namespace {

constexpr double kTolerance = 0.005;

std::vector<AnalysisRow> rowsOf(const ChipSetup& setup, std::uint32_t context, const DecodeRun& run) {
  AnalysisInput input;
  input.shape = setup.shape;
  input.config = setup.config;
  input.layout = run.layout;
  input.context = context;
  input.spread = setup.config.mapping.banksPerHead;
  return chipRows(input, run.step);
}

void expectClosedForm(const ChipSetup& setup, std::uint32_t context) {
  const DecodeRun run = runDecode(setup, context);
  ASSERT_TRUE(run.done);
  for (const AnalysisRow& row : rowsOf(setup, context, run)) {
    SCOPED_TRACE(row.id + ": " + row.quantity);
    if (row.id == "prefill_rate") continue;  // not of a decode token
    ASSERT_TRUE(row.corrected && row.simulated);
    EXPECT_NEAR(*row.simulated, *row.corrected, kTolerance * *row.corrected);
  }
}

class Ideal : public ::testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t>> {};

TEST_P(Ideal, EveryComponentIsTheClosedForm) {
  const auto [context, banksPerHead] = GetParam();
  const ChipSetup setup("ideal", {"mapping.banks_per_head=" + std::to_string(banksPerHead)});
  expectClosedForm(setup, context);
}

INSTANTIATE_TEST_SUITE_P(Llama7b, Ideal,
                         ::testing::Combine(::testing::Values(512, 2048, 4096), ::testing::Values(1, 4)),
                         [](const auto& pair) {
                           return "Context" + std::to_string(std::get<0>(pair.param)) + "Banks" +
                                  std::to_string(std::get<1>(pair.param));
                         });

class IdealVariant : public ::testing::TestWithParam<const char*> {};

TEST_P(IdealVariant, EveryComponentIsTheClosedForm) {
  expectClosedForm(ChipSetup("ideal", {GetParam()}), 1000);
}

INSTANTIATE_TEST_SUITE_P(Llama7b, IdealVariant,
                         ::testing::Values("mapping.weights=2d", "kv.bits=8", "kv.bits=16",
                                           "activation.bits=8", "mapping.fuse_qkv=on", "weights.group=32",
                                           "weights.zero_bits=4", "mapping.embedding=banks",
                                           "mapping.banks_per_head=16", "chip.dies=16",
                                           "alu.fuse=residual_norm"));

/// The port of Controller memory takes longer than the links, or the other way round.
class IdealPort : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(IdealPort, EveryComponentIsTheClosedForm) {
  const auto [memory, link] = GetParam();
  const std::string memoryKey = "controller.memory_bandwidth_gb_per_s=", linkKey = "link.bandwidth_gb_per_s=";
  expectClosedForm(ChipSetup("ideal", {memoryKey + memory, linkKey + link}), 1000);
  expectClosedForm(ChipSetup("ideal", {memoryKey + memory, linkKey + link, "mapping.weights=2d"}), 300);
}

INSTANTIATE_TEST_SUITE_P(Llama7b, IdealPort,
                         ::testing::Combine(::testing::Values("100", "25", "10", "4"),
                                            ::testing::Values("32", "3.2")));

TEST(IdealModels, GroupedQueriesAreTheClosedForm) {
  expectClosedForm(ChipSetup("ideal", {"chip.dies=16"}, "llama-3-8b"), 777);
  expectClosedForm(ChipSetup("ideal", {"mapping.banks_per_head=4"}, "tinyllama-1.1b"), 777);
}

TEST(IdealWeights, FourBitsTake8Point07e4Seconds) {
  const DecodeRun run = runDecode(ChipSetup("ideal", {"weights.scale_bits=0"}), 512);
  ASSERT_TRUE(run.done);
  EXPECT_NEAR(run.step.busySeconds(Component::BankWeights), 8.07e-4, kTolerance * 8.07e-4);
}

TEST(IdealWeights, ScalesTakeTheirColumns) {
  const DecodeRun run = runDecode(ChipSetup("ideal", {}), 512);
  ASSERT_TRUE(run.done);
  EXPECT_GT(run.step.busySeconds(Component::BankWeights), 1.03 * 8.07e-4);  // 16 bits for 128 weights of 4
}

}  // namespace
}  // namespace pim::sim
