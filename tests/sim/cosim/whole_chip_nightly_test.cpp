#include "tests/sim/cosim/whole_chip.h"

// Two dies of four banks, every block in RTL, through a prompt of 16 tokens and 32 generated ones, with
// refresh as shipped: the same tokens and logits, and each layer in the model's time.
namespace pim::cosim {
namespace {

TEST(WholeChipInRtl, AdderThroughPrefillAndDecode) {
  expectTheModelsWorkAndTime(adder());
}

TEST(WholeChipInRtl, StoryThroughPrefillAndDecode) {
  const ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, StoryWithoutRefresh) {
  ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  options.overrides = onFastCore({"dram.refresh=off"});
  expectTheModelsWorkAndTime(options);
}

// The operations that the preset does not use: sums of column parts, softmax in the ALUs.
TEST(WholeChipInRtl, AdderSpreadOverBanks) {
  ChipBenchOptions options = adder();
  options.generate = 8;
  options.overrides = onFastCore({"mapping.weights=2d", "mapping.banks_per_head=2"});
  expectTheModelsWorkAndTime(options);
}

// Every query sees two or three of the blocks of 64 tokens.
TEST(WholeChipInRtl, AdderThroughASlidingMask) {
  ChipBenchOptions options = adder();
  options.promptTokens = 200;
  options.generate = 4;
  options.overrides = onFastCore({"attention.mask=sliding:64"});
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, StoryWithSparseWeights) {
  ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  options.overrides = onFastCore({"weights.sparsity=4"});
  expectTheModelsWorkAndTime(options);
}

// The core and its time are the model's on both sides.
TEST(WholeChipInRtl, AdderWithTheFirmwareOnItsCore) {
  ChipBenchOptions options = adder();
  options.generate = 8;
  options.overrides = {"controller.core=rv32"};
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, StoryWithFusedNorms) {
  ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  options.overrides =
      onFastCore({"alu.fuse=residual_norm", "mapping.weights=2d", "mapping.banks_per_head=2"});
  expectTheModelsWorkAndTime(options);
}

TEST(WholeChipInRtl, EveryTransactionOfASum) {
  ChipBenchOptions options = adder();
  options.generate = 8;
  options.fidelity = "check";
  expectSameWork(options);
}

}  // namespace
}  // namespace pim::cosim
