#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// The draw of a token from logits: docs/numerics.md, "Sampling".
namespace pim {

/// Most logits of a row: weights then add up to less than 2^46.
constexpr std::uint32_t kMaxSampledLogits = 1u << 17;

/// How to draw.
struct SampleRule {
  std::uint16_t multiplier = 0;  ///< log2(e) / temperature = multiplier * 2^(5 - shift), 32768..65535
  std::uint16_t shift = 0;       ///< 0..62
  std::uint32_t topP = 65536;    ///< Q0.16, 1..65536: share of the whole weight that the nucleus must reach
};

/// The rule of a temperature in kMinTemperature..kMaxTemperature and a top-p in (0, 1], rounded to what the
/// rule can say.
constexpr double kMinTemperature = 1e-6, kMaxTemperature = 1e6;
SampleRule sampleRule(double temperature, double topP);

/// How far a logit is from the largest, in powers of two: Q5.11, saturating.
std::uint32_t sampleDistance(Q16 largest, Q16 logit, const SampleRule& rule);

/// Weight of a token at a distance, Q4.28: 13 bits more than the softmax of attention, so that the tail of a
/// large vocabulary keeps its share.
std::uint64_t sampleWeight(std::uint32_t distance);

/// Draws one of n logits, 0 < n <= kMaxSampledLogits; `random` is uniform over 32 bits.
std::uint32_t sample(const Q16* logits, std::uint32_t n, const SampleRule& rule, std::uint32_t random);

/// How often sample() goes over the logits: for the largest, for the sum of weights, one bit of the nucleus'
/// edge at a time unless the nucleus is everything, and for the draw.
std::uint32_t samplePasses(std::uint32_t topP);

}  // namespace pim
