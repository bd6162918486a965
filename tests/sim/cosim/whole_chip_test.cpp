#include "tests/sim/cosim/whole_chip.h"

#include "sim/run/own_process.h"

// A slice of whole_chip_nightly_test.cpp for every change.
namespace pim::cosim {
namespace {

TEST(WholeChipInRtl, AddsAsTheModelDoes) {
  ChipBenchOptions options = adder();
  options.overrides = {};                 // with the time of aim8's core
  options.prompt = {1, 5, 6, 13, 7, 14};  // begins a sum; whatever they mean, RTL and model must agree
  options.generate = 2;
  options.fidelity = "check";
  expectTheModelsWorkAndTime(options);
}

// 4 GB/s for the links' 64: transfers, descriptors and ALUs wait for each other at the ports, and most of
// CRAM's share lies in CMEM.
TEST(WholeChipInRtl, WaitsForTheSharedPortsAsTheModelDoes) {
  ChipBenchOptions options = adder();
  options.prompt = {1, 5, 6, 13, 7, 14, 9, 8, 3, 11};
  options.generate = 2;
  Picoseconds alone = 0;  // what the model takes where ports hardly show
  ASSERT_TRUE(
      sim::runInOwnProcess<Picoseconds>([&] { return runChip(options, "tlm", options.prompt).end; }, alone));
  options.overrides = onFastCore({"controller.memory_bandwidth_gb_per_s=4", "controller.cram_kib=8"});
  options.fidelity = "check";
  const ChipBenchResult slow = expectSameWork(options);
  expectSameTime(slow);
  EXPECT_GT(slow.tlm.end, 3 * alone / 2);
}

// Every block in RTL with what the bank's decoders are for, and with fused commands of the ALUs.
class WholeChipInRtlWith : public ::testing::TestWithParam<const char*> {};

TEST_P(WholeChipInRtlWith, TakesTheModelsTime) {
  ChipBenchOptions options = adder();
  options.overrides = onFastCore({GetParam()});
  options.promptTokens = 9;  // more than a tile
  options.generate = 2;
  expectTheModelsWorkAndTime(options);
}

INSTANTIATE_TEST_SUITE_P(Weights, WholeChipInRtlWith,
                         ::testing::Values("weights.sparsity=8", "weights.sparsity=4", "weights.sparsity=2",
                                           "weights.mean_bits=3.5"));
INSTANTIATE_TEST_SUITE_P(Alus, WholeChipInRtlWith, ::testing::Values("alu.fuse=residual_norm"));

// Tokens from the 65th on see their own block only.
TEST(WholeChipInRtl, SeesThroughAMaskAsTheModelDoes) {
  ChipBenchOptions options = adder();
  options.overrides = onFastCore({"attention.mask=sliding:1"});
  options.promptTokens = 66;
  options.generate = 2;
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, TellsAStoryAsTheModelDoes) {
  ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  options.promptTokens = 9;  // more than a tile
  options.generate = 1;
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, FindsATokenOrLogitThatDiffers) {
  ChipBenchResult result;
  result.tlm.tokens = result.rtl.tokens = {3, 4};
  result.tlm.logits = result.rtl.logits = {10, 20, 30, 40};
  EXPECT_EQ(result.difference(), "");
  result.rtl.logits[3] = 41;
  EXPECT_EQ(result.difference(), "logit 1 of token 1: expected 40, RTL 41");
  result.rtl.tokens[0] = 5;
  EXPECT_EQ(result.difference(), "token 0: expected 3, RTL 5");
}

}  // namespace
}  // namespace pim::cosim
