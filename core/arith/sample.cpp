#include "core/arith/sample.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/arith/exp2.h"

namespace pim {
namespace {

constexpr unsigned kDistanceBits = 16;
constexpr std::uint32_t kFarthest = (1u << kDistanceBits) - 1;
constexpr std::uint32_t kEverything = 65536;  // topP = 1

/// One row of logits as distances from the largest logit: exponents of two with 11 fraction bits.
class Distances {
 public:
  Distances(const Q16* logits, std::uint32_t n, const SampleRule& rule)
      : m_logits(logits), m_count(n), m_rule(rule), m_largest(*std::max_element(logits, logits + n)) {}

  std::uint32_t count() const { return m_count; }

  std::uint32_t operator[](std::uint32_t i) const { return sampleDistance(m_largest, m_logits[i], m_rule); }

 private:
  const Q16* m_logits;
  std::uint32_t m_count;
  SampleRule m_rule;
  Q16 m_largest;
};

/// Returns the weight of all tokens with at most this distance.
std::uint64_t weightWithin(const Distances& distances, std::uint32_t distance) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < distances.count(); ++i) {
    if (distances[i] <= distance) sum += sampleWeight(distances[i]);
  }
  return sum;
}

/// The nucleus: all tokens with a smaller distance than `edge`, and the first `atEdge` tokens at that
/// distance.
struct Nucleus {
  std::uint32_t edge;
  std::uint64_t atEdge;
  std::uint64_t weight;
};

Nucleus findNucleus(const Distances& distances, std::uint32_t topP) {
  const std::uint64_t whole = weightWithin(distances, kFarthest);
  assert(whole >> 46 == 0);
  if (topP == kEverything) return {kFarthest, distances.count(), whole};
  const std::uint64_t needed = (whole * topP + 65535) >> 16;
  std::uint32_t edge = 0;
  std::uint64_t inside = 0;
  for (unsigned bit = kDistanceBits; bit-- > 0;) {
    const std::uint64_t weight = weightWithin(distances, edge + (1u << bit) - 1);
    if (weight >= needed) continue;
    edge += 1u << bit;
    inside = weight;
  }
  const std::uint64_t each = sampleWeight(edge);
  const std::uint64_t atEdge = (needed - inside + each - 1) / each;
  return {edge, atEdge, inside + atEdge * each};
}

}  // namespace

SampleRule sampleRule(double temperature, double topP) {
  assert(temperature >= kMinTemperature && temperature <= kMaxTemperature && topP > 0 && topP <= 1);
  constexpr double kLog2E = 1.4426950408889634;
  int exponent = 0;
  const double fraction = std::frexp(kLog2E / temperature, &exponent);  // 0.5..1, times 2^exponent
  SampleRule rule;
  rule.multiplier = static_cast<std::uint16_t>(std::min(65535.0, std::floor(fraction * 65536.0 + 0.5)));
  rule.shift = static_cast<std::uint16_t>(16 - exponent + 5);
  rule.topP = std::max(1u, static_cast<std::uint32_t>(std::floor(topP * kEverything + 0.5)));
  return rule;
}

std::uint32_t sampleDistance(Q16 largest, Q16 logit, const SampleRule& rule) {
  const std::int64_t below = std::int64_t{largest} - logit;  // 32 bits, times 16
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(kFarthest, roundShift(below * rule.multiplier, rule.shift)));
}

std::uint64_t sampleWeight(std::uint32_t distance) {
  return (std::uint64_t{exp2Fraction(distance)} << 13) >> (distance >> 11);
}

std::uint32_t sample(const Q16* logits, std::uint32_t n, const SampleRule& rule, std::uint32_t random) {
  assert(n > 0 && n <= kMaxSampledLogits && rule.shift <= 62 && rule.topP > 0 && rule.topP <= kEverything);
  const Distances distances(logits, n, rule);
  Nucleus nucleus = findNucleus(distances, rule.topP);
  const auto drawn = static_cast<std::uint64_t>(UInt128{nucleus.weight} * random >> 32);
  std::uint64_t passed = 0;
  for (std::uint32_t i = 0;; ++i) {
    assert(i < n);
    const std::uint32_t distance = distances[i];
    if (distance > nucleus.edge || (distance == nucleus.edge && nucleus.atEdge == 0)) continue;
    if (distance == nucleus.edge) --nucleus.atEdge;
    passed += sampleWeight(distance);
    if (passed > drawn) return i;
  }
}

std::uint32_t samplePasses(std::uint32_t topP) {
  return topP == kEverything ? 3 : 3 + kDistanceBits;
}

}  // namespace pim
