#include "core/arith/mac.h"

#include <gtest/gtest.h>
#define HWY_WANT_AVX3_DL  // as core/arith/mac_block.cpp: among the instruction sets that are tried
#include <hwy/targets.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/arith/elementwise.h"
#include "tests/core/arith/arith_random.h"
#include "tests/core/formats/weight_formats.h"

namespace pim {
namespace {

/// A matrix of packed rows and some vectors, with everything a test may want to know about them.
struct Problem {
  std::uint32_t rows, k, vectors;
  WeightFormat format;
  ActivationFormat activation;
  std::vector<std::uint8_t> weights;
  std::vector<std::vector<Q16>> inputs;

  WeightRowView row(std::uint32_t r) const {
    return WeightRowView(&weights[std::size_t{r} * weightRowBytes(k, format)], k, format);
  }
  std::vector<std::uint8_t> record(std::uint32_t v) const {
    std::vector<std::uint8_t> bytes(activationRecordBytes(k, activation));
    writeRecord(inputs[v].data(), k, activation, chooseScale(inputs[v].data(), k, activation), bytes.data());
    return bytes;
  }
  std::int64_t sum(std::uint32_t r, std::uint32_t v) const {
    const auto bytes = record(v);
    return macRow(row(r), ActivationView(bytes.data(), k, activation));
  }
};

Problem randomProblem(ArithRandom& random, std::uint32_t rows, std::uint32_t groups, std::uint32_t vectors,
                      std::uint32_t group, std::uint32_t zeroBits, std::uint32_t bits) {
  Problem p{rows, groups * group, vectors, {group, 4, 16, zeroBits}, {group, bits}, {}, {}};
  const std::uint32_t rowBytes = weightRowBytes(p.k, p.format);
  p.weights.resize(rows * rowBytes);
  for (std::uint32_t r = 0; r < rows; ++r)
    writeWeightRow(random.bytes(p.k, 16).data(), random.bytes(groups, 16).data(), random.words(groups).data(),
                   p.k, p.format, &p.weights[r * rowBytes]);
  for (std::uint32_t v = 0; v < vectors; ++v) p.inputs.push_back(random.values(p.k, 24));
  return p;
}

TEST(MacRow, EqualsTheSumOfDequantisedProducts) {
  ArithRandom random(6);
  for (const std::uint32_t bits : {16u, 8u})
    for (const std::uint32_t group : {32u, 64u, 128u})
      for (const std::uint32_t zeroBits : {0u, 4u}) {
        const Problem p = randomProblem(random, 4, 5, 1, group, zeroBits, bits);
        const auto bytes = p.record(0);
        const ActivationView x(bytes.data(), p.k, p.activation);
        for (std::uint32_t r = 0; r < p.rows; ++r) {
          // Every term is a small integer times a power of two, so long double adds them without error.
          long double expected = 0;
          for (std::uint32_t i = 0; i < p.k; ++i)
            expected += std::ldexp(
                static_cast<long double>(std::int64_t{p.row(r).code(i) - p.row(r).zero(i / group)} *
                                         x.mantissa(i) * p.row(r).scale(i / group)),
                x.shift(i / group));
          ASSERT_EQ(static_cast<long double>(macRow(p.row(r), x)), expected);
        }
      }
}

void expectLargestSums() {
  // Every factor at its end: codes 15 against zero 0, or 0 against 15, scale 65535, mantissas 32767,
  // shift 12.
  const WeightFormat format{32, 4, 16, 4};
  const ActivationFormat activation{32, 16};
  const std::uint32_t groups = kMaxK / 32;
  std::vector<std::uint8_t> row(weightRowBytes(kMaxK, format)),
      record(activationRecordBytes(kMaxK, activation));
  for (std::uint32_t i = 0; i < kMaxK; ++i) storeS16(&record[2 * i], 32767);
  for (std::uint32_t g = 0; g < groups; ++g) record[2 * kMaxK + g] = kMaxActivationShift;
  const std::vector<std::uint16_t> scales(groups, 65535);
  const Int128 largest = Int128{15} * 32767 * 65535 * kMaxK << kMaxActivationShift;
  for (const int sign : {1, -1}) {
    const std::vector<std::uint8_t> codes(kMaxK, sign > 0 ? 15 : 0), zeros(groups, sign > 0 ? 0 : 15);
    writeWeightRow(codes.data(), zeros.data(), scales.data(), kMaxK, format, row.data());
    const std::int64_t expected = static_cast<std::int64_t>(sign * largest);
    EXPECT_EQ(
        macRow(WeightRowView(row.data(), kMaxK, format), ActivationView(record.data(), kMaxK, activation)),
        expected);
    for (const std::uint32_t vectors : {1u, 8u}) {
      std::vector<std::uint8_t> records;
      for (std::uint32_t v = 0; v < vectors; ++v) records.insert(records.end(), record.begin(), record.end());
      std::vector<std::int64_t> sums(vectors);
      macBlock({1, kMaxK, vectors, format, 16}, row.data(), records.data(), sums.data(), 1);
      EXPECT_EQ(sums, std::vector<std::int64_t>(vectors, expected));
    }
  }
}

/// Checks macBlock() against the definition, for random problems of every format.
void expectBlocksEqualRows(ArithRandom& random, std::uint32_t groups, std::uint32_t vectors) {
  for (const std::uint32_t bits : {16u, 8u})
    for (const std::uint32_t group : {32u, 64u, 128u})
      for (const std::uint32_t zeroBits : {0u, 4u}) {
        const Problem p = randomProblem(random, 1 + random.below(20), groups, vectors, group, zeroBits, bits);
        std::vector<std::uint8_t> records;
        for (std::uint32_t v = 0; v < vectors; ++v) {
          const auto record = p.record(v);
          records.insert(records.end(), record.begin(), record.end());
        }
        const std::uint32_t pitch = p.rows + 3;
        std::vector<std::int64_t> sums(vectors * pitch, 1000);
        macBlock({p.rows, p.k, vectors, p.format, bits}, p.weights.data(), records.data(), sums.data(),
                 pitch);
        for (std::uint32_t v = 0; v < vectors; ++v) {
          for (std::uint32_t r = 0; r < p.rows; ++r) ASSERT_EQ(sums[v * pitch + r], 1000 + p.sum(r, v));
          for (std::uint32_t r = p.rows; r < pitch; ++r) ASSERT_EQ(sums[v * pitch + r], 1000);
        }
      }
}

/// The same for all formats that are no dense 4-bit codes; and what a sparse row gives is what the row of
/// dense codes gives whose dropped ones are at the zero point.
void expectOtherFormats(ArithRandom& random, std::uint32_t rows, std::uint32_t groups,
                        std::uint32_t vectors) {
  for (const std::uint32_t bits : {16u, 8u})
    for (const std::uint32_t group : {32u, 64u, 128u})
      for (const WeightFormat& format : computableFormats(group)) {
        const std::uint32_t k = groups * group;
        const ActivationFormat activation{group, bits};
        const WeightFormat dense{group, 8, 16, 8, 0};  // holds the codes of all
        std::vector<std::uint8_t> weights, denseWeights, records;
        for (std::uint32_t r = 0; r < rows; ++r) {
          const WrittenRow row = randomWeightRow(random, k, format);
          weights.insert(weights.end(), row.bytes.begin(), row.bytes.end());
          std::vector<std::uint8_t> bytes(weightRowBytes(k, dense));
          writeWeightRow(row.codes.data(), row.zeros.data(), row.scales.data(), k, dense, bytes.data());
          denseWeights.insert(denseWeights.end(), bytes.begin(), bytes.end());
        }
        for (std::uint32_t v = 0; v < vectors; ++v) {
          const std::vector<Q16> x = random.values(k, 24);
          std::vector<std::uint8_t> record(activationRecordBytes(k, activation));
          writeRecord(x.data(), k, activation, chooseScale(x.data(), k, activation), record.data());
          records.insert(records.end(), record.begin(), record.end());
        }
        const std::uint32_t pitch = rows + 3;
        std::vector<std::int64_t> sums(vectors * pitch, 1000);
        macBlock({rows, k, vectors, format, bits}, weights.data(), records.data(), sums.data(), pitch);
        const std::size_t recordBytes = activationRecordBytes(k, activation);
        for (std::uint32_t v = 0; v < vectors; ++v)
          for (std::uint32_t r = 0; r < rows; ++r) {
            const ActivationView x(&records[v * recordBytes], k, activation);
            const auto sum = [&](const std::vector<std::uint8_t>& all, const WeightFormat& of) {
              return macRow(WeightRowView(&all[std::size_t{r} * weightRowBytes(k, of)], k, of), x);
            };
            ASSERT_EQ(sums[v * pitch + r], 1000 + sum(denseWeights, dense))
                << format.weightBits << " bits, " << format.sparsity << " kept";
            ASSERT_EQ(sum(weights, format), sum(denseWeights, dense));
          }
      }
}

TEST(MacBlock, LongestExactRowsFollowFromTheWidths) {
  EXPECT_EQ(largestExactK({128, 4, 16, 4, 0}, 16), kMaxK);
  EXPECT_EQ(largestExactK({128, 3, 16, 4, 0}, 16), kMaxK);
  EXPECT_GE(largestExactK({128, 5, 16, 8, 0}, 16), 32768u);
  EXPECT_EQ(largestExactK({128, 8, 16, 8, 0}, 8), kMaxK);
  // (2^63 - 1) / (255 * 2^15 * 65535 * 2^12)
  EXPECT_EQ(largestExactK({128, 8, 16, 8, 0}, 16), 4112u);
}

/// Each instruction set of this machine in turn.
class MacBlockOn : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);  // 0: the best again
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST_P(MacBlockOn, EqualsMacRowForEveryRowAndVector) {
  ArithRandom random(7);
  for (const std::uint32_t vectors : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 16u, 17u})
    expectBlocksEqualRows(random, 1 + random.below(6), vectors);
}

TEST_P(MacBlockOn, EqualsMacRowForRowsOfAnyLength) {
  ArithRandom random(17);
  for (std::uint32_t groups = 1; groups <= 40; ++groups)
    expectBlocksEqualRows(random, groups, 1 + groups % 6);
}

TEST_P(MacBlockOn, OfEveryFormatIsThatOfTheSameCodes) {
  ArithRandom random(17);
  expectOtherFormats(random, 3, 1, 1);
  expectOtherFormats(random, 40, 5, 2);
  expectOtherFormats(random, 2, 11, 9);
  for (std::uint32_t groups = 2; groups <= 24; ++groups) expectOtherFormats(random, 1, groups, 1);
}

TEST_P(MacBlockOn, HoldsTheLargestSumsOfBothSigns) {
  expectLargestSums();
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, MacBlockOn, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

TEST(MacBlock, SeesThatRecordsChangedAtTheSameAddress) {
  ArithRandom random(18);
  const Problem p = randomProblem(random, 3, 8, 2, 32, 4, 16);
  std::vector<std::uint8_t> record(activationRecordBytes(p.k, p.activation));
  for (const std::uint32_t v : {0u, 1u, 0u}) {
    const auto bytes = p.record(v);
    std::copy(bytes.begin(), bytes.end(), record.begin());
    std::vector<std::int64_t> sums(p.rows);
    macBlock({p.rows, p.k, 1, p.format, 16}, p.weights.data(), record.data(), sums.data(), p.rows);
    for (std::uint32_t r = 0; r < p.rows; ++r) ASSERT_EQ(sums[r], p.sum(r, v));
  }
}

TEST(MacBlock, ReadsWeightsAndRecordsAtAnyAddress) {
  ArithRandom random(8);
  const Problem p = randomProblem(random, 3, 4, 1, 32, 4, 16);
  auto weights = p.weights, record = p.record(0);
  weights.insert(weights.begin(), 1, 0);
  record.insert(record.begin(), 1, 0);
  std::vector<std::int64_t> sums(3);
  macBlock({3, p.k, 1, p.format, 16}, weights.data() + 1, record.data() + 1, sums.data(), 3);
  for (std::uint32_t r = 0; r < 3; ++r) EXPECT_EQ(sums[r], p.sum(r, 0));
}

TEST(Mac, AnyPartitionOfTheInputGivesTheSameSum) {
  ArithRandom random(9);
  for (int round = 0; round < 100; ++round) {
    const std::uint32_t bits = random.below(2) ? 16 : 8, groups = 2 + random.below(12);
    const Problem p = randomProblem(random, 2, groups, 1, 32, 4 * random.below(2), bits);
    const ActivationScale scale = chooseScale(p.inputs[0].data(), p.k, p.activation);
    std::vector<std::int64_t> sums(p.rows);
    std::vector<std::vector<std::int64_t>> parts;
    for (std::uint32_t first = 0; first < p.k;) {
      const std::uint32_t count = 32 * (1 + random.below((p.k - first) / 32));
      std::vector<std::uint8_t> record(activationRecordBytes(count, p.activation)), tile;
      writeRecord(p.inputs[0].data() + first, count, p.activation, scale, record.data());
      for (std::uint32_t r = 0; r < p.rows; ++r) {
        std::vector<std::uint8_t> slice(weightRowBytes(count, p.format));
        sliceWeightRow(p.row(r), first, count, p.format, slice.data());
        tile.insert(tile.end(), slice.begin(), slice.end());
      }
      macBlock({p.rows, count, 1, p.format, bits}, tile.data(), record.data(), sums.data(), p.rows);
      first += count;
    }
    for (std::uint32_t r = 0; r < p.rows; ++r) ASSERT_EQ(sums[r], p.sum(r, 0)) << "round " << round;
  }
}

TEST(Mac, ResultIsTheRealProductRoundedToQ16) {
  ArithRandom random(10);
  const Problem p = randomProblem(random, 16, 4, 1, 64, 4, 16);
  const auto record = p.record(0);
  const ActivationView x(record.data(), p.k, p.activation);
  const int wexp = -22;
  Eigen::MatrixXd w(p.rows, p.k);
  Eigen::VectorXd v(p.k);
  for (std::uint32_t i = 0; i < p.k; ++i) {
    v(i) = std::ldexp(x.mantissa(i), x.base() + x.shift(i / 64));
    for (std::uint32_t r = 0; r < p.rows; ++r)
      w(r, i) = std::ldexp((p.row(r).code(i) - p.row(r).zero(i / 64)) * p.row(r).scale(i / 64), wexp);
  }
  const Eigen::VectorXd expected = w * v;
  for (std::uint32_t r = 0; r < p.rows; ++r)
    EXPECT_NEAR(macResult(macRow(p.row(r), x), x.base(), wexp) / 65536.0, expected(r), 0.5001 / 65536);
}

TEST(MacResult, SaturatesBothWaysAndTakesAnyExponent) {
  EXPECT_EQ(macResult(std::int64_t{1} << 40, 0, 0), std::numeric_limits<Q16>::max());
  EXPECT_EQ(macResult(-(std::int64_t{1} << 40), 0, 0), std::numeric_limits<Q16>::min());
  EXPECT_EQ(macResult(3, -16, 0), 3);
  EXPECT_EQ(macResult(3, -16, -1), 2);
  EXPECT_EQ(macResult(-3, -16, -1), -1);
  EXPECT_EQ(macResult(std::numeric_limits<std::int64_t>::max(), -16, -90), 0);
}

TEST(ReducePartials, AddsFirstAndRoundsOnce) {
  // Four quarters of an LSB make one; rounded apart they would make none.
  const std::vector<std::int64_t> partial{1, 7, 99, 1, 7, 99, 1, 7, 99, 1, 7, 99};
  Q16 y[2];
  reducePartials(partial.data(), 4, 3, 2, 2, y);
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 7);
}

}  // namespace
}  // namespace pim
