#include "core/arith/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

std::vector<std::uint16_t> softmaxOf(const std::vector<std::int32_t>& scores) {
  std::vector<std::uint16_t> p(scores.size());
  softmax(scores.data(), static_cast<std::uint32_t>(scores.size()), p.data());
  return p;
}

TEST(Softmax, FollowsTheRealFunction) {
  ArithRandom random(15);
  for (const std::uint32_t n : {1u, 2u, 17u, 300u, 4096u}) {
    const std::vector<std::int32_t> scores = random.values(n, 15);
    const std::vector<std::uint16_t> p = softmaxOf(scores);
    const std::int32_t highest = *std::max_element(scores.begin(), scores.end());
    std::vector<double> weights;
    for (const std::int32_t s : scores) weights.push_back(std::exp2((s - highest) / 2048.0));
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::uint32_t i = 0; i < n; ++i) {
      // A weight is rounded to 2^-15: a long tail of tiny ones may cost half of that each.
      const double tail = n * std::ldexp(0.5, -15) / sum;
      const double expected = weights[i] / sum;
      ASSERT_NEAR(p[i] / 65536.0, expected, 1e-4 + expected * tail) << "n " << n;
    }
  }
}

TEST(Softmax, AddsUpToOneWithinRounding) {
  ArithRandom random(16);
  for (const std::uint32_t n : {2u, 100u, 5000u}) {
    const auto p = softmaxOf(random.values(n, 12));
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    EXPECT_NEAR(sum, 65536.0, 0.5 * n + 1);
  }
}

TEST(Softmax, OneTokenTakesAllThatSixteenBitsHold) {
  EXPECT_EQ(softmaxOf({-12345})[0], 65535);
}

TEST(Softmax, OfARowWithoutScoresTouchesNothing) {
  std::uint16_t p = 77;
  softmax(nullptr, 0, &p);
  EXPECT_EQ(p, 77);
}

TEST(Softmax, EqualScoresShareEqually) {
  EXPECT_EQ(softmaxOf({7, 7, 7, 7}), (std::vector<std::uint16_t>(4, 16384)));
}

TEST(Softmax, ScoresFarBelowTheHighestCountNothing) {
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
  constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
  EXPECT_EQ(softmaxOf({kMin, kMax, kMin}), (std::vector<std::uint16_t>{0, 65535, 0}));
}

TEST(Softmax, DealingARowOutToSegmentsChangesNoBit) {
  ArithRandom random(17);
  for (std::uint32_t banks = 1; banks <= 5; ++banks)
    for (const std::uint32_t n : {1u, 3u, 64u, 257u}) {
      const std::vector<std::int32_t> scores = random.values(n, 16);
      const std::vector<std::uint16_t> whole = softmaxOf(scores);
      std::vector<std::vector<std::int32_t>> dealt(banks);
      for (std::uint32_t i = 0; i < n; ++i) dealt[i % banks].push_back(scores[i]);
      std::vector<std::vector<std::uint16_t>> p(banks);
      std::vector<ScoreSegment> segments;
      for (std::uint32_t b = 0; b < banks; ++b) {
        p[b].resize(dealt[b].size());
        segments.push_back({dealt[b].data(), p[b].data(), static_cast<std::uint32_t>(dealt[b].size())});
      }
      softmax(segments.data(), banks);
      for (std::uint32_t i = 0; i < n; ++i) ASSERT_EQ(p[i % banks][i / banks], whole[i]);
    }
}

TEST(Softmax, WorksInPlace) {
  ArithRandom random(18);
  const std::vector<std::int32_t> scores = random.values(1000, 14);
  const std::vector<std::uint16_t> expected = softmaxOf(scores);
  std::vector<std::int32_t> memory = scores;
  softmax(memory.data(), 1000, reinterpret_cast<std::uint16_t*>(memory.data()));
  EXPECT_EQ(std::memcmp(memory.data(), expected.data(), 2000), 0);
}

TEST(Softmax, TheLongestRowStaysInItsWidths) {
  const std::vector<std::int32_t> scores(1u << 17, 5);
  EXPECT_EQ(softmaxOf(scores)[1], 1);  // half an LSB rounds up
}

}  // namespace
}  // namespace pim
