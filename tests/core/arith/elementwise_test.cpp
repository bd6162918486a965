#include "core/arith/elementwise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

constexpr Q16 kMax = std::numeric_limits<Q16>::max(), kMin = std::numeric_limits<Q16>::min();

TEST(AddResidual, AddsAndSaturates) {
  std::vector<Q16> residual{1, kMax, kMin, kMax};
  const std::vector<Q16> y{2, 1, -1, kMin};
  addResidual(residual.data(), y.data(), 4);
  EXPECT_EQ(residual, (std::vector<Q16>{3, kMax, kMin, -1}));
}

TEST(DequantiseRow, GivesTheWeightsRoundedToQ16) {
  ArithRandom random(27);
  const WeightFormat format{32, 4, 16, 4};
  const auto codes = random.bytes(96, 16), zeros = random.bytes(3, 16);
  const auto scales = random.words(3);
  std::vector<std::uint8_t> row(weightRowBytes(96, format));
  writeWeightRow(codes.data(), zeros.data(), scales.data(), 96, format, row.data());
  for (const int wexp : {-24, -16, -10, 4}) {
    std::vector<Q16> y(96);
    dequantiseRow(WeightRowView(row.data(), 96, format), wexp, y.data());
    for (std::size_t i = 0; i < 96; ++i) {
      const double exact = std::ldexp((codes[i] - zeros[i / 32]) * scales[i / 32], wexp + 16);
      const double expected = std::min<double>(kMax, std::max<double>(kMin, std::floor(exact + 0.5)));
      ASSERT_EQ(y[i], expected) << "wexp " << wexp;
    }
  }
}

TEST(Argmax, IsTheLowestIndexOfTheLargest) {
  const std::vector<Q16> x{-5, 9, 3, 9};
  EXPECT_EQ(argmax(x.data(), 4), 1u);
  EXPECT_EQ(argmax(x.data(), 1), 0u);
  const std::vector<Q16> low(3, kMin);
  EXPECT_EQ(argmax(low.data(), 3), 0u);
}

}  // namespace
}  // namespace pim
