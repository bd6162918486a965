#include "core/arith/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "tests/core/arith/arith_random.h"

namespace pim {
namespace {

std::uint32_t sampleOf(const std::vector<Q16>& logits, const SampleRule& rule, std::uint32_t random) {
  return sample(logits.data(), static_cast<std::uint32_t>(logits.size()), rule, random);
}

/// Logits like those of a language model: a few large ones, a long tail.
std::vector<Q16> modelLogits(std::uint32_t n, std::uint64_t seed) {
  ArithRandom random(seed);
  std::vector<Q16> logits(n);
  for (Q16& x : logits) x = random.value(20);
  return logits;
}

/// What a textbook does, in doubles and with a sort.
class Textbook {
 public:
  Textbook(const std::vector<Q16>& logits, double temperature, double topP) : m_share(logits.size()) {
    const Q16 largest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> p;
    for (const Q16 x : logits)
      p.push_back(std::exp((x - static_cast<double>(largest)) / 65536.0 / temperature));
    std::vector<std::uint32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return logits[a] > logits[b]; });
    const double whole = std::accumulate(p.begin(), p.end(), 0.0);
    double inside = 0;
    for (const std::uint32_t id : order) {
      if (inside >= topP * whole) break;
      m_share[id] = p[id];
      inside += p[id];
    }
    for (double& share : m_share) share /= inside;
  }
  const std::vector<double>& share() const { return m_share; }

 private:
  std::vector<double> m_share;
};

/// How often each token comes up in `draws` draws that are spread evenly: no luck in it.
std::vector<double> frequencies(const std::vector<Q16>& logits, const SampleRule& rule, std::uint32_t draws) {
  std::vector<double> seen(logits.size());
  const double step = 4294967296.0 / draws;
  for (std::uint32_t i = 0; i < draws; ++i)
    seen[sampleOf(logits, rule, static_cast<std::uint32_t>((i + 0.5) * step))] += 1.0 / draws;
  return seen;
}

TEST(Sample, GivesEachTokenItsShare) {
  for (const double temperature : {0.3, 1.0, 2.5}) {
    for (const double topP : {0.35, 0.9, 1.0}) {
      const std::vector<Q16> logits = modelLogits(300, 5);
      const std::vector<double> expected = Textbook(logits, temperature, topP).share();
      const std::vector<double> seen = frequencies(logits, sampleRule(temperature, topP), 20000);
      double misplaced = 0;
      std::size_t largest = 0;
      for (std::size_t i = 0; i < logits.size(); ++i) {
        misplaced += std::abs(seen[i] - expected[i]) / 2;
        if (expected[i] > expected[largest]) largest = i;
      }
      // Rounding may move one token over the edge of the nucleus, and 20000 draws resolve no finer.
      EXPECT_LT(misplaced, 5e-3) << "T " << temperature << " P " << topP;
      EXPECT_NEAR(seen[largest], expected[largest], 1e-4 + 2e-3 * expected[largest]);
    }
  }
}

TEST(Sample, RandomDrawsPassAChiSquareTest) {
  const std::vector<Q16> logits = modelLogits(64, 9);
  const std::vector<double> expected = Textbook(logits, 1.5, 1.0).share();
  const SampleRule rule = sampleRule(1.5, 1.0);
  constexpr int kDraws = 200000;
  ArithRandom random(3);
  std::vector<int> seen(logits.size());
  for (int i = 0; i < kDraws; ++i) ++seen[sampleOf(logits, rule, random.below(0xFFFFFFFFu))];
  double chiSquare = 0;
  for (std::size_t i = 0; i < logits.size(); ++i)
    chiSquare += std::pow(seen[i] - kDraws * expected[i], 2) / (kDraws * expected[i]);
  EXPECT_LT(chiSquare, 63 + 4 * std::sqrt(2 * 63.0));  // four sigma of 63 degrees of freedom
  EXPECT_GT(chiSquare, 63 - 4 * std::sqrt(2 * 63.0)) << "draws that even cannot be random";
}

/// The definitions of docs/numerics.md, with the real exponential.
std::uint64_t weightOf(std::uint32_t distance) {
  const std::uint32_t octave = distance >> 11;
  const double exact = std::exp2(-static_cast<double>(distance & 2047) / 2048);
  return static_cast<std::uint64_t>(std::ldexp(exact, 28)) >> octave;
}
std::vector<std::uint32_t> distancesOf(const std::vector<Q16>& logits, const SampleRule& rule) {
  const Q16 largest = *std::max_element(logits.begin(), logits.end());
  std::vector<std::uint32_t> distances;
  for (const Q16 x : logits) {
    const double exact = std::ldexp((static_cast<double>(largest) - x) * rule.multiplier, -rule.shift);
    distances.push_back(static_cast<std::uint32_t>(std::min(65535.0, std::floor(exact + 0.5))));
  }
  return distances;
}

TEST(Sample, NucleusIsThatOfASortedRow) {
  // Few distinct logits: ties at every edge.
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    ArithRandom random(seed);
    std::vector<Q16> logits(50);
    for (Q16& x : logits) x = static_cast<Q16>(random.below(12) * 30000);
    const SampleRule rule = sampleRule(0.2 + 0.1 * random.below(20), (1 + random.below(99)) / 100.0);
    const std::vector<std::uint32_t> distances = distancesOf(logits, rule);
    std::vector<std::uint32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distances[a] < distances[b]; });
    double whole = 0, inside = 0;
    for (const std::uint32_t distance : distances) whole += static_cast<double>(weightOf(distance));
    std::set<std::uint32_t> expected, seen;
    for (const std::uint32_t id : order) {
      if (inside >= whole * rule.topP / 65536) break;
      inside += static_cast<double>(weightOf(distances[id]));
      expected.insert(id);
    }
    for (std::uint32_t i = 0; i < 4096; ++i) seen.insert(sampleOf(logits, rule, i << 20));
    ASSERT_EQ(seen, expected) << "seed " << seed;
  }
}

TEST(Sample, TiesAtTheEdgeGoToTheLowerIds) {
  const std::vector<Q16> logits{5, 9, 9, 9, 9, 5};
  const SampleRule rule = sampleRule(1e-5, 0.49);  // the fives weigh next to nothing
  std::set<std::uint32_t> seen;
  for (std::uint32_t i = 0; i < 4096; ++i) seen.insert(sampleOf(logits, rule, i << 20));
  EXPECT_EQ(seen, (std::set<std::uint32_t>{1, 2}));
}

TEST(Sample, ATinyTopPLeavesTheLargest) {
  const std::vector<Q16> logits = modelLogits(1000, 12);
  const auto largest =
      static_cast<std::uint32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  for (const std::uint32_t random : {0u, 77u, 0x80000000u, 0xFFFFFFFFu})
    EXPECT_EQ(sampleOf(logits, sampleRule(3, 1e-9), random), largest);
}

TEST(Sample, AColdModelTakesTheLargest) {
  std::vector<Q16> logits(100, 65536);
  logits[40] = 65540;
  for (const std::uint32_t random : {0u, 0x80000000u, 0xFFFFFFFFu})
    EXPECT_EQ(sampleOf(logits, sampleRule(kMinTemperature, 1), random), 40u);
}

TEST(Sample, AHotModelKnowsNoDifference) {
  const std::vector<Q16> logits{-1000000, 0, 1000000, 2000000};
  EXPECT_EQ(frequencies(logits, sampleRule(kMaxTemperature, 1), 4096), (std::vector<double>(4, 0.25)));
}

TEST(Sample, ALargeVocabularyOfEqualsStaysInItsWidths) {
  const std::vector<Q16> logits(kMaxSampledLogits, -3);
  EXPECT_EQ(sampleOf(logits, sampleRule(1, 1), 0xFFFFFFFFu), kMaxSampledLogits - 1);
  EXPECT_EQ(sampleOf(logits, sampleRule(1, 0.5), 0xFFFFFFFFu), kMaxSampledLogits / 2 - 1);
  EXPECT_EQ(sampleOf(logits, sampleRule(1, 1), 0), 0u);
}

TEST(Sample, TheWidestDistanceStaysInItsWidths) {
  const std::vector<Q16> logits{std::numeric_limits<Q16>::min(), std::numeric_limits<Q16>::max()};
  EXPECT_EQ(sampleOf(logits, {65535, 0, 65536}, 0), 1u);
  EXPECT_EQ(sampleOf(logits, {65535, 0, 65535}, 0xFFFFFFFFu), 1u);
  EXPECT_EQ(sampleOf(logits, {32768, 62, 65536}, 0), 0u) << "a distance of 2^-15 is none";
}

TEST(Sample, OneTokenIsAlwaysDrawn) {
  EXPECT_EQ(sampleOf({-7}, sampleRule(1, 0.3), 0xFFFFFFFFu), 0u);
}

TEST(SampleRule, IsTheTemperatureInFixedPoint) {
  for (const double temperature :
       {kMinTemperature, 0.01, 0.7, 1.0, 1.4426950408889634, 12.0, kMaxTemperature}) {
    const SampleRule rule = sampleRule(temperature, 1);
    EXPECT_GE(rule.multiplier, 32768);
    EXPECT_LE(rule.shift, 62);
    EXPECT_NEAR(std::ldexp(rule.multiplier, 5 - rule.shift) * temperature, 1.4426950408889634, 3e-5);
  }
  EXPECT_EQ(sampleRule(1, 1).topP, 65536u);
  EXPECT_EQ(sampleRule(1, 0.5).topP, 32768u);
  EXPECT_EQ(sampleRule(1, 1e-12).topP, 1u);
}

TEST(SamplePasses, AreFewerWithoutTopP) {
  EXPECT_EQ(samplePasses(65536), 3u);
  EXPECT_EQ(samplePasses(65535), 19u);
}

}  // namespace
}  // namespace pim
