#include "core/formats/weight_row.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

struct Row {
  std::vector<std::uint8_t> codes, zeros;
  std::vector<std::uint16_t> scales;
  std::vector<std::uint8_t> bytes;
};

Row randomRow(ArithRandom& random, std::uint32_t k, const WeightFormat& format) {
  Row row{random.bytes(k, 16), random.bytes(k / format.group, 16), random.words(k / format.group), {}};
  row.bytes.assign(weightRowBytes(k, format), 0xAA);
  writeWeightRow(row.codes.data(), row.zeros.data(), row.scales.data(), k, format, row.bytes.data());
  return row;
}

TEST(WeightRow, ReturnsWhatWasWrittenInEveryFormat) {
  ArithRandom random(2);
  for (const std::uint32_t group : {32u, 64u, 128u})
    for (const std::uint32_t zeroBits : {0u, 4u})
      for (std::uint32_t groups = 1; groups <= 19; ++groups) {
        const WeightFormat format{group, 4, 16, zeroBits};
        const std::uint32_t k = groups * group;
        const Row row = randomRow(random, k, format);
        const WeightRowView view(row.bytes.data(), k, format);
        ASSERT_EQ(view.groups(), groups);
        for (std::uint32_t i = 0; i < k; ++i) ASSERT_EQ(view.code(i), row.codes[i]);
        for (std::uint32_t g = 0; g < groups; ++g) {
          ASSERT_EQ(view.scale(g), row.scales[g]);
          ASSERT_EQ(view.zero(g), zeroBits ? row.zeros[g] : 8);
        }
      }
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
  for (const std::uint32_t zeroBits : {0u, 4u}) {
    const WeightFormat format{32, 4, 16, zeroBits};
    const std::uint32_t k = 17 * 32;
    const Row full = randomRow(random, k, format);
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

TEST(WeightFormat, OnlyTheFourBitOnesAreComputable) {
  EXPECT_TRUE(isComputable({128, 4, 16, 0}));
  EXPECT_TRUE(isComputable({32, 4, 16, 4}));
  EXPECT_FALSE(isComputable({128, 16, 0, 0}));
  EXPECT_FALSE(isComputable({16, 4, 16, 0}));
  EXPECT_FALSE(isComputable({128, 4, 16, 3}));
  EXPECT_TRUE(WeightFormat({64, 4, 16, 0}) != WeightFormat({64, 4, 16, 4}));
  EXPECT_TRUE(WeightFormat({64, 4, 16, 4}) == WeightFormat({64, 4, 16, 4}));
}

}  // namespace
}  // namespace pim
