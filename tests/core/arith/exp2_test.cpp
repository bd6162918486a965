#include "core/arith/exp2.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pim {
namespace {

TEST(Exp2Neg, IsWithinTwoAndAHalfLsbOfTheRealFunctionForEveryInput) {
  double worst = 0;
  for (std::uint32_t t = 0; t < 65536; ++t)
    worst = std::max(worst, std::abs(exp2neg(t) - 32768.0 * std::exp2(-(t / 2048.0))));
  EXPECT_LT(worst, 2.5);
}

TEST(Exp2Neg, NeverRises) {
  for (std::uint32_t t = 1; t < 65536; ++t) ASSERT_LE(exp2neg(t), exp2neg(t - 1)) << t;
}

TEST(Exp2Neg, IsExactAtWholeOctaves) {
  for (std::uint32_t octave = 0; octave <= 15; ++octave) EXPECT_EQ(exp2neg(octave << 11), 32768u >> octave);
  EXPECT_EQ(exp2neg(16u << 11), 1u);  // half an LSB rounds up
  EXPECT_EQ(exp2neg(65535), 0u);
}

TEST(Exp2Neg, HalvesWithEveryOctaveUpToRounding) {
  for (std::uint32_t t = 0; t + 2048 < 65536; ++t) {
    const std::uint32_t octave = t >> 11, y = exp2neg(t & 2047);
    ASSERT_EQ(exp2neg(t), octave == 0 ? y : (y + (1u << octave >> 1)) >> octave);
  }
}

}  // namespace
}  // namespace pim
