#include "core/arith/activation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

std::vector<std::uint8_t> recordOf(const std::vector<Q16>& x, const ActivationFormat& format) {
  const auto n = static_cast<std::uint32_t>(x.size());
  std::vector<std::uint8_t> record(activationRecordBytes(n, format), 0xEE);
  writeRecord(x.data(), n, format, chooseScale(x.data(), n, format), record.data());
  return record;
}

double valueOf(const ActivationView& view, std::uint32_t i) {
  return std::ldexp(view.mantissa(i), view.base() + view.shift(i / view.group()));
}

TEST(Activation, SmallValuesAreExact) {
  const ActivationFormat format{32, 16};
  std::vector<Q16> x(64);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<Q16>(i * 1000) - 32000;
  const auto record = recordOf(x, format);
  const ActivationView view(record.data(), 64, format);
  EXPECT_EQ(view.base(), -16);
  for (std::uint32_t i = 0; i < 64; ++i) {
    EXPECT_EQ(view.mantissa(i), x[i]);
    EXPECT_EQ(view.shift(i / 32), 0);
  }
}

TEST(Activation, ErrorIsHalfAStepOfTheGroup) {
  ArithRandom random(4);
  for (const std::uint32_t bits : {16u, 8u})
    for (const std::uint32_t group : {32u, 64u, 128u})
      for (int round = 0; round < 50; ++round) {
        const ActivationFormat format{group, bits};
        const std::vector<Q16> x = random.values(3 * group, 1 + random.below(31));
        const auto record = recordOf(x, format);
        const ActivationView view(record.data(), 3 * group, format);
        for (std::uint32_t i = 0; i < x.size(); ++i) {
          const double step = std::ldexp(1.0, view.base() + view.shift(i / group));
          ASSERT_LE(std::abs(valueOf(view, i) - x[i] / 65536.0), step / 2) << "element " << i;
          ASSERT_LE(std::abs(view.mantissa(i)), bits == 16 ? 32767 : 127);
          ASSERT_LE(view.shift(i / group), kMaxActivationShift);
        }
      }
}

TEST(Activation, TheStepIsTheSmallestThatFits) {
  const ActivationFormat format{32, 16};
  for (const auto& [largest, exponent] :
       std::vector<std::pair<Q16, int>>{{32767, 0}, {32768, 1}, {65534, 1}, {65535, 2}, {-65535, 2}}) {
    std::vector<Q16> x(32, 1);
    x[7] = largest;
    const auto record = recordOf(x, format);
    const ActivationView view(record.data(), 32, format);
    EXPECT_EQ(view.shift(0), exponent) << largest;
  }
}

TEST(Activation, ShiftsCoverTwelveBitsAndTheBaseFollowsTheLargestGroup) {
  const ActivationFormat format{32, 16};
  std::vector<Q16> x(64, 3);
  x[0] = std::numeric_limits<Q16>::min();
  const auto record = recordOf(x, format);
  const ActivationView view(record.data(), 64, format);
  EXPECT_EQ(view.base(), 17 - 12 - 16);
  EXPECT_EQ(view.shift(0), 12);
  EXPECT_EQ(view.mantissa(0), -16384);
  // The small group is held at base: 3 / 2^5 rounds to 0.
  EXPECT_EQ(view.shift(1), 0);
  EXPECT_EQ(view.mantissa(40), 0);
}

TEST(Activation, EightBitMantissasReachTheMostNegativeValue) {
  const ActivationFormat format{32, 8};
  const std::vector<Q16> x(32, std::numeric_limits<Q16>::min());
  const auto record = recordOf(x, format);
  const ActivationView view(record.data(), 32, format);
  EXPECT_EQ(valueOf(view, 5), -32768.0);
}

TEST(Activation, TilesCarryTheSameMantissasShiftsAndBaseAsTheWholeVector) {
  ArithRandom random(5);
  for (const std::uint32_t bits : {16u, 8u}) {
    const ActivationFormat format{32, bits};
    const std::uint32_t n = 11 * 32;
    const std::vector<Q16> x = random.values(n);
    const auto whole = recordOf(x, format);
    const ActivationView wholeView(whole.data(), n, format);
    for (const std::uint32_t tile : {32u, 64u, 160u, n}) {
      const std::uint32_t stride = activationRecordBytes(tile, format);
      std::vector<std::uint8_t> records((n + tile - 1) / tile * stride);
      writeTiledRecords(x.data(), n, tile, format, chooseScale(x.data(), n, format), records.data(), stride);
      for (std::uint32_t first = 0; first < n; first += tile) {
        const std::uint32_t count = std::min(tile, n - first);
        const ActivationView view(&records[first / tile * stride], count, format);
        ASSERT_EQ(view.base(), wholeView.base());
        for (std::uint32_t i = 0; i < count; ++i) {
          ASSERT_EQ(view.mantissa(i), wholeView.mantissa(first + i));
          ASSERT_EQ(view.shift(i / 32), wholeView.shift((first + i) / 32));
        }
      }
    }
  }
}

TEST(Activation, PaddingIsZero) {
  const ActivationFormat format{32, 16};
  const auto record = recordOf(std::vector<Q16>(32, 1), format);
  ASSERT_EQ(record.size(), 68u);
  EXPECT_EQ(record[66], 0);
  EXPECT_EQ(record[67], 0);
}

}  // namespace
}  // namespace pim
