#include "sw/host/quantise/group_quantizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sw/host/checkpoint/half_float.h"

namespace pim::host {
namespace {

constexpr uint32_t kMaxCount = 128;
// Trial widths of the quantisation range, relative to the range without clipping. A narrower range clips
// outliers and has a finer resolution for all other weights.
constexpr std::array<float, 9> kWidths = {1.05f, 1.0f, 0.95f, 0.9f, 0.85f, 0.8f, 0.74f, 0.68f, 0.62f};

struct Trial {
  float scale;
  float zero;
};

void codesFor(const float* weights, uint32_t count, float largest, const Trial& trial, float* codes) {
  const float inverse = 1.0f / trial.scale;
  for (uint32_t i = 0; i < count; ++i) {
    const float code = std::floor(weights[i] * inverse + trial.zero + 0.5f);
    codes[i] = std::min(largest, std::max(0.0f, code));
  }
}

float errorOf(const float* weights, uint32_t count, const Trial& trial, const float* codes) {
  float error = 0.0f;
  for (uint32_t i = 0; i < count; ++i) {
    const float difference = weights[i] - (codes[i] - trial.zero) * trial.scale;
    error += difference * difference;
  }
  return error;
}

/// Returns the scale with the least squared error for these codes.
float leastSquaresScale(const float* weights, uint32_t count, const Trial& trial, const float* codes) {
  float product = 0.0f, square = 0.0f;
  for (uint32_t i = 0; i < count; ++i) {
    const float level = codes[i] - trial.zero;
    product += weights[i] * level;
    square += level * level;
  }
  return square > 0.0f ? product / square : trial.scale;
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
  std::array<float, kMaxCount> trialCodes{};
  for (const float width : kWidths) {
    Trial trial{full * width, middle};
    if (zeroPoint) trial.zero = std::min(largest, std::floor(-low / trial.scale + 0.5f));
    codesFor(weights, count, largest, trial, trialCodes.data());
    const float refined = leastSquaresScale(weights, count, trial, trialCodes.data());
    if (refined >= std::numeric_limits<float>::min()) trial.scale = refined;
    codesFor(weights, count, largest, trial, trialCodes.data());
    const float error = errorOf(weights, count, trial, trialCodes.data());
    if (!(error < best.squaredError)) continue;
    best = {trial.scale, static_cast<uint8_t>(trial.zero), error};
    for (uint32_t i = 0; i < count; ++i) codes[i] = static_cast<uint8_t>(trialCodes[i]);
  }
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
