#include "core/arith/rmsnorm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

constexpr std::uint32_t kEps = 42950;  // 1e-5

std::vector<double> expectedNorm(const std::vector<Q16>& x, const std::vector<Q16>& gain,
                                 std::uint32_t eps32) {
  long double squares = 0;
  for (const Q16 v : x) squares += static_cast<long double>(v) * v;
  const long double rms = std::sqrt((squares / static_cast<long double>(x.size()) + eps32) / 4294967296.0L);
  std::vector<double> y;
  for (std::size_t i = 0; i < x.size(); ++i)
    y.push_back(static_cast<double>(x[i] / 65536.0L / rms * gain[i] / 65536.0L));
  return y;
}

TEST(IntegerSquareRoot, IsTheFloorOfTheRoot) {
  for (std::uint64_t x = 0; x < 70000; ++x) {
    const std::uint64_t root = integerSquareRoot(x);
    ASSERT_LE(root * root, x);
    ASSERT_GT((root + 1) * (root + 1), x);
  }
  ArithRandom random(13);
  for (int i = 0; i < 20000; ++i) {
    const UInt128 x = static_cast<UInt128>(static_cast<std::uint64_t>(magnitude(random.value()))) *
                      static_cast<std::uint64_t>(magnitude(random.value())) *
                      static_cast<std::uint64_t>(magnitude(random.value()));
    const UInt128 root = integerSquareRoot(x);
    ASSERT_TRUE(root * root <= x && (root + 1) * (root + 1) > x);
  }
  for (int bit = 0; bit < 64; ++bit)
    EXPECT_EQ(integerSquareRoot(UInt128{1} << (2 * bit)), std::uint64_t{1} << bit);
  EXPECT_EQ(integerSquareRoot((UInt128{1} << 80) - 1), (std::uint64_t{1} << 40) - 1);
}

TEST(RmsNorm, FollowsTheRealFormula) {
  // With this epsilon the root has at least 15.6 bits and the mean 15.3: their floors cost 1.9e-5 and 1.2e-5.
  ArithRandom random(14);
  for (const std::uint32_t n : {1u, 3u, 64u, 192u, 4096u})
    for (const unsigned bits : {8u, 16u, 24u, 31u}) {
      const std::vector<Q16> x = random.values(n, bits), gain = random.values(n, 18);
      const std::vector<double> expected = expectedNorm(x, gain, kEps);
      std::vector<Q16> y(n);
      rmsNorm(x.data(), gain.data(), n, kEps, y.data());
      for (std::uint32_t i = 0; i < n; ++i)
        ASSERT_NEAR(y[i] / 65536.0, expected[i], 1.0 / 65536 + std::abs(expected[i]) * 3.1e-5) << "n " << n;
    }
}

TEST(RmsNorm, OfZeroIsZero) {
  const std::vector<Q16> gain(32, 65536);
  std::vector<Q16> x(32, 0);
  rmsNorm(x.data(), gain.data(), 32, 1, x.data());
  EXPECT_EQ(x, std::vector<Q16>(32, 0));
}

TEST(RmsNorm, HoldsTheWidestValues) {
  constexpr Q16 kMin = std::numeric_limits<Q16>::min();
  // All at the negative end: every quotient is -1.
  std::vector<Q16> x(kMaxNormLength, kMin), gain(kMaxNormLength, 65536), y(kMaxNormLength);
  rmsNorm(x.data(), gain.data(), kMaxNormLength, kEps, y.data());
  EXPECT_EQ(*std::min_element(y.begin(), y.end()), -65536);
  EXPECT_EQ(*std::max_element(y.begin(), y.end()), -65536);
  // One of 65536: sqrt(n) = 256 times the gain.
  std::fill(x.begin(), x.end(), 0);
  x[5] = kMin;
  rmsNorm(x.data(), gain.data(), kMaxNormLength, 1, y.data());
  EXPECT_NEAR(y[5] / 65536.0, -256.0, 1e-3);
  gain[5] = kMin;
  rmsNorm(x.data(), gain.data(), kMaxNormLength, 1, y.data());
  EXPECT_EQ(y[5], std::numeric_limits<Q16>::max());
}

TEST(RmsNorm, SmallestEpsilonAndSmallestInput) {
  // mean = floor(1/2) + 1, so root is exactly 1 in Q16 LSB: y = 1/65536 / 1/65536.
  const std::vector<Q16> gain(2, 65536), x{1, 0};
  std::vector<Q16> y(2);
  rmsNorm(x.data(), gain.data(), 2, 1, y.data());
  EXPECT_EQ(y[0], 65536);
  EXPECT_EQ(y[1], 0);
}

}  // namespace
}  // namespace pim
