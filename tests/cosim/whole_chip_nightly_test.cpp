#include "tests/cosim/whole_chip.h"

// Two dies of four banks, every block in RTL, through prefill and decode: the same tokens and logits, and
// each layer in the model's time within a hundredth.
namespace pim::cosim {
namespace {

TEST(WholeChipInRtl, AdderThroughPrefillAndDecode) {
  EXPECT_LT(excessOfAll(expectSameWork(adder())), 0.01);
}

TEST(WholeChipInRtl, EachLayerOfTheAdderTakesTheModelsTime) {
  ChipBenchOptions options = adder();
  options.overrides = {"dram.refresh=off"};
  EXPECT_LT(excessOfWorst(expectSameWork(options)), 0.01);
}

TEST(WholeChipInRtl, StoryThroughPrefillAndDecode) {
  const ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  EXPECT_LT(excessOfAll(expectSameWork(options)), 0.01);
}

TEST(WholeChipInRtl, EachLayerOfAStoryTakesTheModelsTime) {
  ChipBenchOptions options = stories();
  if (!isThere(options)) GTEST_SKIP() << "no reference model at " << options.weights;
  options.overrides = {"dram.refresh=off"};
  EXPECT_LT(excessOfWorst(expectSameWork(options)), 0.01);
}

TEST(WholeChipInRtl, EveryTransactionOfASum) {
  ChipBenchOptions options = adder();
  options.generate = 8;
  options.fidelity = "check";
  expectSameWork(options);
}

}  // namespace
}  // namespace pim::cosim
