#include "core/arith/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

const double kTurn = 2 * std::acos(-1.0);

double angle(std::uint32_t phase) {
  return kTurn * phase / 4294967296.0;
}

TEST(Rope, SineIsWithinOneAndAHalfLsbAllAroundTheCircle) {
  for (std::uint32_t high = 0; high < 65536; ++high) {
    const std::uint32_t phase = high << 16 | (high * 40503u & 0xFFFFu);
    ASSERT_NEAR(ropeSin(phase), 32768 * std::sin(angle(phase)), 1.5) << phase;
    ASSERT_NEAR(ropeCos(phase), 32768 * std::cos(angle(phase)), 1.5) << phase;
  }
}

TEST(Rope, QuartersOfATurnAreExact) {
  EXPECT_EQ(ropeSin(0), 0);
  EXPECT_EQ(ropeSin(1u << 30), 32768);
  EXPECT_EQ(ropeSin(2u << 30), 0);
  EXPECT_EQ(ropeSin(3u << 30), -32768);
  EXPECT_EQ(ropeCos(0), 32768);
  EXPECT_EQ(ropeCos(2u << 30), -32768);
}

TEST(Rope, SineIsOddAndMirrored) {
  ArithRandom random(11);
  for (int i = 0; i < 100000; ++i) {
    const auto phase = static_cast<std::uint32_t>(random.value()) * 2 + random.below(2);
    ASSERT_EQ(ropeSin(0u - phase), -ropeSin(phase)) << phase;
    ASSERT_EQ(ropeSin((1u << 31) - phase), ropeSin(phase)) << phase;
    ASSERT_EQ(ropeCos(phase), ropeSin(phase + (1u << 30))) << phase;
  }
}

TEST(Rope, RotatesEveryPairByPositionTimesItsFrequency) {
  ArithRandom random(12);
  const std::vector<std::uint32_t> frequencies{683565276u, 68356528u, 6835653u, 683565u};
  for (int round = 0; round < 1000; ++round) {
    const std::vector<Q16> before = random.values(8, 24);
    std::vector<Q16> after = before;
    const std::uint32_t position = random.below(100000);
    rotateHead(after.data(), 8, position, frequencies.data());
    for (std::uint32_t j = 0; j < 4; ++j) {
      const double phi = angle(position * frequencies[j]);
      const double a = before[2 * j], b = before[2 * j + 1];
      // Table and interpolation are within 1.5 * 2^-15 of the sine.
      const double tolerance = (std::abs(a) + std::abs(b)) * 1.5 / 32768 + 0.51;
      ASSERT_NEAR(after[2 * j], a * std::cos(phi) - b * std::sin(phi), tolerance);
      ASSERT_NEAR(after[2 * j + 1], a * std::sin(phi) + b * std::cos(phi), tolerance);
    }
  }
}

TEST(Rope, PositionZeroChangesNothing) {
  const std::vector<std::uint32_t> frequencies{683565276u};
  Q16 head[2] = {123456, -654321};
  rotateHead(head, 2, 0, frequencies.data());
  EXPECT_EQ(head[0], 123456);
  EXPECT_EQ(head[1], -654321);
}

TEST(Rope, SaturatesWhenAnEighthOfATurnMakesAValueTooLarge) {
  const std::uint32_t eighth = 1u << 29;
  constexpr Q16 kMax = std::numeric_limits<Q16>::max(), kMin = std::numeric_limits<Q16>::min();
  Q16 head[2] = {kMax, kMax};
  rotateHead(head, 2, 1, &eighth);
  EXPECT_EQ(head[1], kMax);
  Q16 negative[2] = {kMin, kMin};
  rotateHead(negative, 2, 1, &eighth);
  EXPECT_EQ(negative[1], kMin);
}

}  // namespace
}  // namespace pim
