#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// The draw of a token from logits: docs/numerics.md, "Sampling".
namespace pim {

/// Largest number of logits in a row. It keeps the sum of weights below 2^46.
constexpr std::uint32_t kMaxSampledLogits = 1u << 17;

/// Parameters of a draw.
struct SampleRule {
  std::uint16_t multiplier = 0;  ///< log2(e) / temperature = multiplier * 2^(5 - shift), 32768..65535
  std::uint16_t shift = 0;       ///< 0..62
  std::uint32_t topP = 65536;    ///< Q0.16, 1..65536: share of the total weight that the nucleus must reach
};

/// Returns the parameters for a temperature in kMinTemperature..kMaxTemperature and a top-p in (0, 1],
/// rounded to representable values.
constexpr double kMinTemperature = 1e-6, kMaxTemperature = 1e6;
SampleRule sampleRule(double temperature, double topP);

/// Returns the distance of a logit from the largest, in powers of two: Q5.11, saturating.
std::uint32_t sampleDistance(Q16 largest, Q16 logit, const SampleRule& rule);

/// Returns the weight of a token at a distance, Q4.28. It has 13 bits more than the softmax of attention, so
/// that the tail of a large vocabulary keeps its share.
std::uint64_t sampleWeight(std::uint32_t distance);

/// Draws one of n logits, 0 < n <= kMaxSampledLogits; `random` is uniform over 32 bits.
std::uint32_t sample(const Q16* logits, std::uint32_t n, const SampleRule& rule, std::uint32_t random);

/// Number of passes of sample() over the logits: one for the largest, one for the sum of weights, one per bit
/// of the edge of the nucleus (none if the nucleus is everything), and one for the draw.
std::uint32_t samplePasses(std::uint32_t topP);

}  // namespace pim
