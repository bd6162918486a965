#include "core/arith/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/softmax.h"
#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

struct Cache {
  CacheShape shape;
  std::vector<std::uint8_t> region;

  KvView at(std::uint32_t t) const { return kvCacheView(region.data(), t, shape.headDim, shape.format); }
  double value(std::uint32_t t, std::uint32_t i) const {
    return std::ldexp(at(t).centred(i), at(t).shift() + shape.format.bias() - 16);
  }
};

Cache makeCache(const std::vector<std::vector<Q16>>& tokens, std::uint32_t headDim, KvFormat format) {
  Cache cache{{headDim, format}, {}};
  cache.region.resize(pim_kv_region_bytes(static_cast<std::uint32_t>(tokens.size()), headDim, format.bits));
  std::vector<std::uint8_t> record(kvRecordBytes(headDim, format));
  for (std::uint32_t t = 0; t < tokens.size(); ++t) {
    encodeKvRecord(tokens[t].data(), headDim, format, record.data());
    appendToken(cache.region.data(), t, headDim, format, record.data());
  }
  return cache;
}

std::vector<std::vector<Q16>> randomTokens(ArithRandom& random, std::uint32_t n, std::uint32_t headDim) {
  std::vector<std::vector<Q16>> tokens;
  for (std::uint32_t t = 0; t < n; ++t) tokens.push_back(random.values(headDim, 18));
  return tokens;
}

TEST(QueryRecord, KeepsSixteenBitsOfEachHead) {
  ArithRandom random(23);
  constexpr std::uint32_t kHeads = 4, kDim = 24;
  std::vector<Q16> x = random.values(kHeads * kDim, 31);
  x[0] = 65535;
  for (std::uint32_t i = 1; i < kDim; ++i) x[i] = 1000;
  std::vector<std::uint8_t> record(pim_query_record_bytes(kHeads, kDim));
  encodeQueryRecord(x.data(), kHeads, kDim, record.data());
  EXPECT_EQ(QueryView(record.data(), kHeads, kDim, 0).exponent(), 2);
  for (std::uint32_t h = 0; h < kHeads; ++h) {
    const QueryView query(record.data(), kHeads, kDim, h);
    for (std::uint32_t i = 0; i < kDim; ++i)
      ASSERT_LE(std::abs(std::ldexp(query.mantissa(i), query.exponent()) - x[h * kDim + i]),
                std::ldexp(0.5, query.exponent()));
  }
}

TEST(QueryRecord, ReachesTheMostNegativeValue) {
  const std::vector<Q16> x(8, std::numeric_limits<Q16>::min());
  std::vector<std::uint8_t> record(pim_query_record_bytes(1, 8));
  encodeQueryRecord(x.data(), 1, 8, record.data());
  const QueryView query(record.data(), 1, 8, 0);
  EXPECT_EQ(std::ldexp(query.mantissa(3), query.exponent()), -2147483648.0);
}

TEST(ScoreScale, IsTheConstantToSixteenBits) {
  for (std::uint32_t dim = 1; dim <= kMaxHeadDim; ++dim) {
    const ScoreScale scale = scoreScale(dim);
    const double exact = std::log2(std::exp(1.0)) / std::sqrt(dim);
    ASSERT_GE(scale.multiplier, 32768);
    ASSERT_NEAR(std::ldexp(scale.multiplier, -scale.shift) / exact, 1.0, 1.0 / 65536);
  }
  EXPECT_EQ(scoreScale(128).multiplier, 33428);
  EXPECT_EQ(scoreScale(128).shift, 18);
}

TEST(ScoreRow, IsTheScaledDotProductToHalfAnLsb) {
  ArithRandom random(24);
  for (const std::uint32_t bits : {16u, 8u, 4u})
    for (const std::uint32_t dim : {8u, 64u, 128u}) {
      constexpr std::uint32_t kTokens = 45;
      const Cache keys = makeCache(randomTokens(random, kTokens, dim), dim, {bits});
      const std::vector<Q16> x = random.values(dim, 18);
      std::vector<std::uint8_t> record(pim_query_record_bytes(1, dim));
      encodeQueryRecord(x.data(), 1, dim, record.data());
      const QueryView query(record.data(), 1, dim, 0);
      const ScoreScale scale = scoreScale(dim);
      std::vector<std::int32_t> scores(kTokens);
      scoreRow(query, keys.region.data(), kTokens, keys.shape, scale, scores.data());
      for (std::uint32_t t = 0; t < kTokens; ++t) {
        double dot = 0;
        for (std::uint32_t i = 0; i < dim; ++i)
          dot += std::ldexp(query.mantissa(i), query.exponent() - 16) * keys.value(t, i);
        const double expected = std::ldexp(dot * scale.multiplier, 11 - scale.shift);
        ASSERT_NEAR(scores[t], expected, 0.5 + std::abs(expected) * 1e-12) << bits << " bits, dim " << dim;
      }
    }
}

TEST(ScoreRow, SaturatesWhereTheProductIsTooLarge) {
  constexpr std::uint32_t kDim = 128;
  const std::vector<Q16> huge(kDim, std::numeric_limits<Q16>::max());
  const Cache keys = makeCache({huge}, kDim, {16});
  std::vector<std::uint8_t> record(pim_query_record_bytes(1, kDim));
  encodeQueryRecord(huge.data(), 1, kDim, record.data());
  std::int32_t score = 0;
  scoreRow(QueryView(record.data(), 1, kDim, 0), keys.region.data(), 1, keys.shape, scoreScale(kDim), &score);
  EXPECT_EQ(score, std::numeric_limits<std::int32_t>::max());
}

TEST(PvAccumulate, IsTheWeightedMean) {
  ArithRandom random(25);
  for (const std::uint32_t bits : {16u, 8u, 4u}) {
    constexpr std::uint32_t kTokens = 77, kDim = 32;
    const Cache values = makeCache(randomTokens(random, kTokens, kDim), kDim, {bits});
    const std::vector<std::int32_t> scores = random.values(kTokens, 12);
    std::vector<std::uint16_t> p(kTokens);
    softmax(scores.data(), kTokens, p.data());
    std::vector<std::int64_t> sums(kDim);
    pvAccumulate(p.data(), values.region.data(), kTokens, values.shape, sums.data());
    for (std::uint32_t i = 0; i < kDim; ++i) {
      double expected = 0;
      for (std::uint32_t t = 0; t < kTokens; ++t) expected += p[t] / 65536.0 * values.value(t, i);
      ASSERT_NEAR(pvResult(sums[i], {bits}), expected * 65536, 0.5 + 1e-6) << bits << " bits";
    }
  }
}

TEST(PvAccumulate, DealingTheTokensOutToBanksChangesNoBit) {
  ArithRandom random(26);
  constexpr std::uint32_t kTokens = 101, kDim = 16;
  for (const std::uint32_t bits : {16u, 8u, 4u}) {
    const auto tokens = randomTokens(random, kTokens, kDim);
    const Cache whole = makeCache(tokens, kDim, {bits});
    const std::vector<std::uint16_t> p = random.words(kTokens);
    std::vector<std::int64_t> expected(kDim);
    pvAccumulate(p.data(), whole.region.data(), kTokens, whole.shape, expected.data());
    for (std::uint32_t banks = 2; banks <= 4; ++banks) {
      std::vector<std::int64_t> sums(kDim);
      for (std::uint32_t b = 0; b < banks; ++b) {
        std::vector<std::vector<Q16>> held;
        std::vector<std::uint16_t> weights;
        for (std::uint32_t t = b; t < kTokens; t += banks) {
          held.push_back(tokens[t]);
          weights.push_back(p[t]);
        }
        ASSERT_EQ(held.size(), pim_tokens_held(kTokens, banks, b));
        const Cache bank = makeCache(held, kDim, {bits});
        pvAccumulate(weights.data(), bank.region.data(), static_cast<std::uint32_t>(held.size()), bank.shape,
                     sums.data());
      }
      ASSERT_EQ(sums, expected) << banks << " banks";
    }
  }
}

}  // namespace
}  // namespace pim
