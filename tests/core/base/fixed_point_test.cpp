#include "core/base/fixed_point.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();

TEST(RoundShift, RoundsHalfUp) {
  EXPECT_EQ(roundShift(5, 1), 3);
  EXPECT_EQ(roundShift(-5, 1), -2);
  EXPECT_EQ(roundShift(4, 1), 2);
  EXPECT_EQ(roundShift(7, 0), 7);
  EXPECT_EQ(roundShift(-8, 4), 0);
  EXPECT_EQ(roundShift(-9, 4), -1);
}

TEST(RoundShift, EqualsItsDefinitionForEveryShift) {
  ArithRandom random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t x = std::int64_t{random.value()} * random.value();
    for (int s = 1; s <= 70; ++s) {
      const Int128 expected = (Int128{x} + (Int128{1} << (s - 1))) >> s;
      ASSERT_EQ(roundShift(x, s), static_cast<std::int64_t>(expected)) << x << " >> " << s;
      ASSERT_EQ(roundShiftWide(x, s), expected) << x << " >> " << s;
    }
  }
}

TEST(RoundShift, DoesNotOverflowAtTheEnds) {
  EXPECT_EQ(roundShift(kMax64, 1), std::int64_t{1} << 62);
  EXPECT_EQ(roundShift(kMin64, 1), -(std::int64_t{1} << 62));
  EXPECT_EQ(roundShift(kMax64, 63), 1);
  EXPECT_EQ(roundShift(kMin64, 63), -1);
  EXPECT_EQ(roundShift(kMin64, 64), 0);
  EXPECT_EQ(roundShift(kMax64, 1000), 0);
}

TEST(RoundShift, LeftShiftsSaturate) {
  EXPECT_EQ(roundShift(3, -4), 48);
  EXPECT_EQ(roundShift(-3, -4), -48);
  EXPECT_EQ(roundShift(1, -62), std::int64_t{1} << 62);
  EXPECT_EQ(roundShift(1, -63), kMax64);
  EXPECT_EQ(roundShift(-1, -62), -(std::int64_t{1} << 62));
  EXPECT_EQ(roundShift(-1, -64), kMin64);
  EXPECT_EQ(roundShift(2, -62), kMax64);
  EXPECT_EQ(roundShift(0, -500), 0);
}

TEST(Sat32, ClampsToTheNearestEnd) {
  EXPECT_EQ(sat32(std::int64_t{1} << 31), 2147483647);
  EXPECT_EQ(sat32(-(std::int64_t{1} << 31) - 1), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(sat32(-(std::int64_t{1} << 31)), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(sat32Wide(Int128{1} << 100), 2147483647);
  EXPECT_EQ(sat32Wide(-(Int128{1} << 100)), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(sat32Wide(-5), -5);
}

TEST(Nibbles, AreLowFirstAndIndependent) {
  std::uint8_t bytes[2] = {0xFF, 0xFF};
  storeNibble(bytes, 0, 0x3);
  storeNibble(bytes, 3, 0x5);
  EXPECT_EQ(bytes[0], 0xF3);
  EXPECT_EQ(bytes[1], 0x5F);
  EXPECT_EQ(loadNibble(bytes, 0), 0x3);
  EXPECT_EQ(loadNibble(bytes, 1), 0xF);
  EXPECT_EQ(loadNibble(bytes, 3), 0x5);
}

}  // namespace
}  // namespace pim
