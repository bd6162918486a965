#include "core/phone/kernels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/phone/kernel_timing.h"

namespace pim::phone {
namespace {

ModelShape llama7b() {
  ModelShape s;
  s.layers = 32;
  s.hidden = 4096;
  s.heads = s.kvHeads = 32;
  s.headDim = 128;
  s.mlp = 11008;
  s.vocab = 32000;
  return s;
}
const Storage kStorage{4, 20, 128, 16};
const Fusions kAll{true, true, true};

GpuParameters adreno740() {
  GpuParameters gpu;
  gpu.bytesPerSecond = 67.2e9 * 0.64 * 0.57;
  gpu.operationsPerSecond = 1e12;
  gpu.launchSeconds = 15e-6;
  gpu.syncSeconds = 0.4e-3;
  gpu.small = {8, 211e9};
  gpu.big = {64, 400e9};
  return gpu;
}

double tokenSeconds(const Fusions& fusions, double launchSeconds) {
  GpuParameters gpu = adreno740();
  gpu.launchSeconds = launchSeconds;
  double seconds = gpu.syncSeconds;
  for (const Kernel& kernel : decodeKernels(llama7b(), kStorage, fusions, 128))
    seconds += KernelTiming(gpu).seconds(kernel) + gpu.launchSeconds;
  return seconds;
}

// Published: 3.7 GB. Nothing is fitted to it.
TEST(PhoneKernels, TheModelTakes3695Megabytes) {
  EXPECT_NEAR(modelBytes(llama7b(), kStorage), 3.695e9, 0.0005e9);
}

TEST(PhoneKernels, EachFusionLeavesAwayItsKernels) {
  const auto count = [](const Fusions& fusions) {
    return decodeKernels(llama7b(), kStorage, fusions, 128).size();
  };
  EXPECT_EQ(count({}), 676U);
  EXPECT_EQ(count({true, false, false}), 676U - 64);
  EXPECT_EQ(count({false, true, false}), 676U - 64);
  EXPECT_EQ(count({false, false, true}), 676U - 160);
  EXPECT_EQ(count(kAll), 388U);
}

TEST(PhoneKernels, TokensPerSecondWithAndWithoutFusions) {
  EXPECT_NEAR(1 / tokenSeconds(kAll, 15e-6), 6.70, 0.067);
  EXPECT_NEAR(1 / tokenSeconds({}, 15e-6), 6.51, 0.065);
  // What each fusion saves, in ms: launches, and vectors that need not be written and read.
  const auto saved = [](const Fusions& fusions) {
    return 1e3 * (tokenSeconds({}, 15e-6) - tokenSeconds(fusions, 15e-6));
  };
  EXPECT_NEAR(saved({true, false, false}), 1.00, 0.03);
  EXPECT_NEAR(saved({false, true, false}), 0.98, 0.03);
  EXPECT_NEAR(saved({false, false, true}), 2.49, 0.06);
}

TEST(PhoneKernels, TwoTilingsCrossAt33Tokens) {
  const double weights = kStorage.weightBytes(12288.0 * 4096), operations = 2 * 12288.0 * 4096;
  EXPECT_NEAR(weights, 26.15e6, 0.01e6);
  const KernelTiming timing(adreno740());
  EXPECT_EQ(timing.crossover(weights, operations), 33U);
  // The closed form of the same.
  const GpuParameters gpu = adreno740();
  const double big = timing.gemmSeconds(gpu.big, weights, operations, 64);
  const double small = timing.gemmSeconds(gpu.small, weights, operations, 8);
  EXPECT_EQ(8 * std::floor(big / small) + 1, 33);
  EXPECT_NEAR(timing.ridge({8, 211e9}, weights, operations), 2.24, 0.05);
}

TEST(PhoneKernels, APrefillReadsEachMatrixOncePerTile) {
  const KernelTiming timing(adreno740());
  const double one = timing.gemmSeconds({8, 1e15}, 24.5e9, 1, 1);
  EXPECT_NEAR(timing.gemmSeconds({8, 1e15}, 24.5e9, 1, 8), one, 1e-9);
  EXPECT_NEAR(timing.gemmSeconds({8, 1e15}, 24.5e9, 1, 9), 2 * one, 1e-9);
}

}  // namespace
}  // namespace pim::phone
