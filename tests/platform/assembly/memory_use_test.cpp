#include <gtest/gtest.h>

#include "tests/platform/assembly/chip_run.h"

namespace pim::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kShadowed = true;
#else
constexpr bool kShadowed = false;
#endif

TEST(MemoryUse, AChipOfFourGibibytesTakesLittleWhereNothingIsStored) {
  if (kShadowed) GTEST_SKIP() << "the sanitizer's shadow is not ours to count";
  ChipRun run;
  run.shape = platform::loadModel("llama-7b");
  run.prompt = {1, 2, 3};
  run.generate = 2;
  run.functional = false;
  run.overrides = wholeChip();
  const ChipOutcome found = runChip(run);
  ASSERT_EQ(found.error, "");
  EXPECT_EQ(found.result.tokens.size(), 2u);
  EXPECT_LT(found.peakBytes, 100u << 20);
}

}  // namespace
}  // namespace pim::test
