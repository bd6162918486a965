#pragma once

#include <cstdint>
#include <cstring>

namespace pim::host {

struct QuantizedGroup {
  float scale = 0.0f;  ///< w = (code - zero) * scale; 0 for a group of zeros
  uint8_t zero = 8;
  float squaredError = 0.0f;
};

/// Rounds `count` finite weights (at most 128) to codes of `bits` bits. Chooses the scale, and with
/// `zeroPoint` the zero point, with the least squared error among several ranges, each improved once by least
/// squares. Without `zeroPoint`, the zero point is the middle of the codes. A weight of zero gets the zero
/// point as code.
QuantizedGroup quantizeGroup(const float* weights, uint32_t count, uint32_t bits, bool zeroPoint,
                             uint8_t* codes);

/// The smallest exponent e with round(largestScale / 2^e) <= 65535, kept at or above kSmallestWeightExponent;
/// 0 when all scales are 0.
int weightExponentFor(float largestScale);

/// With smaller exponents a matrix is zero in Q16 for any input; this limit keeps every shift of the hardware
/// below 64.
constexpr int kSmallestWeightExponent = -60;

/// round(scale / 2^exponent), half up: the UINT16 mantissa of a scale that is not negative.
inline uint16_t scaleMantissa(float scale, int exponent) {
  // One exact multiplication by a power of two, then one rounding.
  const uint64_t powerBits = static_cast<uint64_t>(1023 - exponent) << 52;
  double power;
  std::memcpy(&power, &powerBits, sizeof power);
  const double scaled = static_cast<double>(scale) * power + 0.5;
  return static_cast<uint16_t>(scaled < 65535.0 ? static_cast<uint32_t>(scaled) : 65535u);
}

/// scaleMantissa() of the magnitude of each half-precision float; they must be finite.
void halfMantissas(const uint16_t* halves, uint32_t count, int exponent, uint16_t* mantissas);

}  // namespace pim::host
