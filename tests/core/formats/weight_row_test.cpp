#include "core/formats/weight_row.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "tests/core/formats/weight_formats.h"

namespace pim {
namespace {

TEST(WeightRow, ReturnsWhatWasWrittenInEveryFormat) {
  ArithRandom random(2);
  for (const std::uint32_t group : {32u, 64u, 128u})
    for (const WeightFormat& format : computableFormats(group))
      for (std::uint32_t groups = 1; groups <= 19; ++groups) {
        const std::uint32_t k = groups * group;
        const WrittenRow row = randomWeightRow(random, k, format);
        const WeightRowView view(row.bytes.data(), k, format);
        ASSERT_EQ(view.groups(), groups);
        for (std::uint32_t i = 0; i < k; ++i) ASSERT_EQ(view.code(i), row.codes[i]);
        std::vector<std::uint8_t> decoded(k);
        view.decode(0, k, decoded.data());
        ASSERT_EQ(decoded, row.codes);
        for (std::uint32_t g = 0; g < groups; ++g) {
          ASSERT_EQ(view.scale(g), row.scales[g]);
          ASSERT_EQ(view.zero(g), row.zeros[g]);
        }
      }
}

TEST(WeightRow, TakesTheColumnsOfItsFormat) {
  const auto columns = [](const WeightFormat& format) {
    return (weightRowBytes(4096, format) - weightRowBytes(4096, {128, 0, 16, 0, 0})) / 32;
  };
  EXPECT_EQ(columns({128, 3, 16, 0, 0}), 48u);
  EXPECT_EQ(columns({128, 4, 16, 0, 0}), 64u);
  EXPECT_EQ(columns({128, 5, 16, 0, 0}), 80u);
  EXPECT_EQ(columns({128, 8, 16, 0, 0}), 128u);
  EXPECT_EQ(columns({128, 4, 16, 0, 8}), 52u);  // 256 blocks, 5 a column
  EXPECT_EQ(columns({128, 4, 16, 0, 4}), 32u);
  EXPECT_EQ(columns({128, 4, 16, 0, 2}), 16u);
}

TEST(WeightRow, RefusesABlockWithMoreWeightsThanAreKept) {
  const WeightFormat format{32, 4, 16, 0, 4};
  std::vector<std::uint8_t> codes(32, format.symmetricZero()), row(weightRowBytes(32, format));
  for (const std::uint32_t i : {16u, 18u, 20u, 22u}) codes[i] = 1;
  const std::vector<std::uint16_t> scales{1};
  EXPECT_NO_THROW(writeWeightRow(codes.data(), nullptr, scales.data(), 32, format, row.data()));
  codes[31] = 1;
  EXPECT_THROW(writeWeightRow(codes.data(), nullptr, scales.data(), 32, format, row.data()),
               std::logic_error);
}

TEST(WeightRow, LiesInMemoryAsTheLayoutSays) {
  // Three groups of 32: 6 bytes of scales, 2 bytes of zero points, padding to column 32; 48 bytes of codes,
  // padding.
  const WeightFormat format{32, 4, 16, 4};
  std::vector<std::uint8_t> codes(96, 1), zeros{2, 3, 4};
  codes[0] = 5;
  codes[1] = 6;
  const std::vector<std::uint16_t> scales{0x1234, 0x5678, 0x9ABC};
  std::vector<std::uint8_t> row(weightRowBytes(96, format), 0xFF);
  ASSERT_EQ(row.size(), 96u);
  writeWeightRow(codes.data(), zeros.data(), scales.data(), 96, format, row.data());
  const std::vector<std::uint8_t> meta{0x34, 0x12, 0x78, 0x56, 0xBC, 0x9A, 0x32, 0x04, 0x00};
  EXPECT_EQ(std::vector<std::uint8_t>(row.begin(), row.begin() + 9), meta);
  EXPECT_EQ(row[32], 0x65);
  EXPECT_EQ(row[33], 0x11);
  EXPECT_EQ(row[79], 0x11);
  EXPECT_EQ(row[80], 0x00);
}

TEST(WeightRow, ASliceHoldsTheSameWeights) {
  ArithRandom random(3);
  for (const WeightFormat& format : computableFormats(32)) {
    const std::uint32_t k = 17 * 32;
    const WrittenRow full = randomWeightRow(random, k, format);
    const WeightRowView fullView(full.bytes.data(), k, format);
    for (std::uint32_t first = 0; first < k; first += 32)
      for (std::uint32_t count = 32; first + count <= k; count += 96) {
        std::vector<std::uint8_t> bytes(weightRowBytes(count, format));
        sliceWeightRow(fullView, first, count, format, bytes.data());
        const WeightRowView slice(bytes.data(), count, format);
        for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(slice.code(i), full.codes[first + i]);
        for (std::uint32_t g = 0; g < count / 32; ++g) {
          ASSERT_EQ(slice.scale(g), full.scales[first / 32 + g]);
          ASSERT_EQ(slice.zero(g), fullView.zero(first / 32 + g));
        }
      }
  }
}

TEST(WeightRow, AZeroRowHasZeroScales) {
  const WeightFormat format{64, 4, 16, 4};
  std::vector<std::uint8_t> row(weightRowBytes(128, format), 0xFF);
  writeZeroRow(128, format, row.data());
  const WeightRowView view(row.data(), 128, format);
  EXPECT_EQ(view.scale(0), 0);
  EXPECT_EQ(view.scale(1), 0);
}

TEST(WeightFormat, IsComputableWhereTheArithmeticKnowsIt) {
  EXPECT_TRUE(isComputable({128, 4, 16, 0}));
  EXPECT_TRUE(isComputable({32, 4, 16, 4}));
  EXPECT_FALSE(isComputable({128, 16, 0, 0}));
  EXPECT_FALSE(isComputable({16, 4, 16, 0}));
  EXPECT_FALSE(isComputable({128, 4, 16, 3}));
  EXPECT_TRUE(isComputable({128, 5, 16, 8}));
  EXPECT_FALSE(isComputable({128, 5, 16, 4}));
  EXPECT_FALSE(isComputable({128, 3, 16, 0, 4}));  // sparse ones have 4 bits
  EXPECT_FALSE(isComputable({128, 4, 16, 0, 16}));
  EXPECT_TRUE(WeightFormat({64, 4, 16, 0}) != WeightFormat({64, 4, 16, 4}));
  EXPECT_TRUE(WeightFormat({64, 4, 16, 4}) == WeightFormat({64, 4, 16, 4}));
}

}  // namespace
}  // namespace pim
