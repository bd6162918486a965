#include "sw/host/quantise/group_quantizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sw/host/checkpoint/half_float.h"

namespace pim::host {
namespace {

// Trial widths of the quantisation range, relative to the range without clipping. A narrower range clips
// outliers and has a finer resolution for all other weights.
constexpr std::array<float, 9> kWidths = {1.05f, 1.0f, 0.95f, 0.9f, 0.85f, 0.8f, 0.74f, 0.68f, 0.62f};

// All trials are computed side by side, so that compilers make vectors of them; some lanes are unused.
constexpr size_t kLanes = 12;
static_assert(kWidths.size() <= kLanes, "a lane for each trial");
using Lanes = std::array<float, kLanes>;

struct Trials {
  Lanes scale{}, inverse{}, zero{};

  void setScale(size_t trial, float value) {
    scale[trial] = value;
    inverse[trial] = 1.0f / value;
  }
};

float codeOf(float weight, float inverse, float zero, float largest) {
  const float code = std::min(largest, std::max(0.0f, weight * inverse + zero + 0.5f));
  return static_cast<float>(static_cast<int32_t>(code));  // the integer below: a code is not negative
}

Lanes squaredErrors(const float* weights, uint32_t count, float largest, const Trials& trials) {
  Lanes errors{};
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t t = 0; t < kLanes; ++t) {
      const float code = codeOf(weights[i], trials.inverse[t], trials.zero[t], largest);
      const float difference = weights[i] - (code - trials.zero[t]) * trials.scale[t];
      errors[t] += difference * difference;
    }
  }
  return errors;
}

/// Gives each trial the scale with the least squared error for its codes.
void refineScales(const float* weights, uint32_t count, float largest, Trials& trials) {
  Lanes product{}, square{};
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t t = 0; t < kLanes; ++t) {
      const float level = codeOf(weights[i], trials.inverse[t], trials.zero[t], largest) - trials.zero[t];
      product[t] += weights[i] * level;
      square[t] += level * level;
    }
  }
  for (size_t t = 0; t < kWidths.size(); ++t) {
    const float refined = square[t] > 0.0f ? product[t] / square[t] : trials.scale[t];
    if (refined >= std::numeric_limits<float>::min()) trials.setScale(t, refined);
  }
}

}  // namespace

QuantizedGroup quantizeGroup(const float* weights, uint32_t count, uint32_t bits, bool zeroPoint,
                             uint8_t* codes) {
  const auto largest = static_cast<float>((1u << bits) - 1), middle = static_cast<float>(1u << (bits - 1));
  float low = 0.0f, high = 0.0f;
  for (uint32_t i = 0; i < count; ++i) {
    low = std::min(low, weights[i]);
    high = std::max(high, weights[i]);
  }
  const float full =
      zeroPoint ? (high / largest - low / largest) : std::max(high / (middle - 1.0f), -low / middle);
  QuantizedGroup best;
  best.zero = static_cast<uint8_t>(middle);
  if (full < std::numeric_limits<float>::min()) {
    std::fill_n(codes, count, best.zero);
    return best;
  }
  best.squaredError = std::numeric_limits<float>::infinity();
  Trials trials;
  for (size_t t = 0; t < kWidths.size(); ++t) {
    trials.setScale(t, full * kWidths[t]);
    trials.zero[t] = zeroPoint ? std::min(largest, std::floor(-low / trials.scale[t] + 0.5f)) : middle;
  }
  refineScales(weights, count, largest, trials);
  const Lanes errors = squaredErrors(weights, count, largest, trials);
  size_t chosen = 0;
  for (size_t t = 0; t < kWidths.size(); ++t) {
    if (!(errors[t] < best.squaredError)) continue;
    best = {trials.scale[t], static_cast<uint8_t>(trials.zero[t]), errors[t]};
    chosen = t;
  }
  for (uint32_t i = 0; i < count && best.squaredError < std::numeric_limits<float>::infinity(); ++i)
    codes[i] = static_cast<uint8_t>(codeOf(weights[i], trials.inverse[chosen], trials.zero[chosen], largest));
  return best;
}

int weightExponentFor(float largestScale) {
  if (largestScale == 0.0f) return 0;
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(largestScale), &exponent);
  exponent -= std::floor(fraction * 65536.0 + 0.5) > 65535.0 ? 15 : 16;
  return std::max(exponent, kSmallestWeightExponent);
}

void halfMantissas(const uint16_t* halves, uint32_t count, int exponent, uint16_t* mantissas) {
  // Float arithmetic is as exact as double here: a half has 11 bits, so its product with a power of two is
  // exact, and so is the sum unless it is below 1. An overflowing product exceeds all mantissas.
  const float power = bitsToFloat(static_cast<uint32_t>(127 - exponent) << 23);
  for (uint32_t i = 0; i < count; ++i) {
    const float magnitude = bitsToFloat((halves[i] & 0x7FFFu) << 13) * 0x1p112f;
    const float scaled = std::min(magnitude * power + 0.5f, 65535.0f);
    mantissas[i] = static_cast<uint16_t>(static_cast<int32_t>(scaled));
  }
}

}  // namespace pim::host
