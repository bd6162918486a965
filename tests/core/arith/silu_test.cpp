#include "core/arith/silu.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

Q16 siluMulOf(Q16 gate, Q16 up) {
  Q16 y = 0;
  siluMul(&gate, &up, 1, &y);
  return y;
}

TEST(SiluMul, FollowsTheRealFunctionWhereItBends) {
  // Every 16th gate of -32..32, times one.
  for (Q16 g = -(32 << 16); g <= 32 << 16; g += 16) {
    const double x = g / 65536.0;
    ASSERT_NEAR(siluMulOf(g, 65536) / 65536.0, x / (1 + std::exp(-x)), 2e-5 + 1.2e-4 * std::abs(x)) << x;
  }
}

TEST(SiluMul, OfLargeGatesIsTheGateOrNothing) {
  EXPECT_EQ(siluMulOf(100 << 16, 65536), 100 << 16);
  EXPECT_EQ(siluMulOf(-(100 << 16), 65536), 0);
  EXPECT_EQ(siluMulOf(0, 12345), 0);
}

TEST(SiluMul, SaturatesAtTheEnds) {
  constexpr Q16 kMax = std::numeric_limits<Q16>::max(), kMin = std::numeric_limits<Q16>::min();
  EXPECT_EQ(siluMulOf(kMax, kMax), kMax);
  EXPECT_EQ(siluMulOf(kMax, kMin), kMin);
  EXPECT_EQ(siluMulOf(kMin, kMax), 0);
  EXPECT_EQ(siluMulOf(kMin, kMin), 0);
}

TEST(SiluMul, MultipliesElementByElementAndInPlace) {
  ArithRandom random(19);
  std::vector<Q16> gate = random.values(100, 20);
  const std::vector<Q16> up = random.values(100, 20), original = gate;
  siluMul(gate.data(), up.data(), 100, gate.data());
  for (std::size_t i = 0; i < gate.size(); ++i) {
    EXPECT_EQ(gate[i], siluMulOf(original[i], up[i]));
    const double x = original[i] / 65536.0;
    const double expected = x / (1 + std::exp(-x)) * up[i] / 65536.0;
    EXPECT_NEAR(gate[i] / 65536.0, expected, (2e-5 + 1.2e-4 * std::abs(x)) * (1 + std::abs(up[i]) / 65536.0));
  }
}

}  // namespace
}  // namespace pim
