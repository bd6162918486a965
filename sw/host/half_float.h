#pragma once

#include <cstdint>
#include <cstring>

namespace pim::host {

inline float bitsToFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// IEEE 754 binary16 to float, exact, subnormals, infinities and NaN included.
inline float halfToFloat(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 31u;
  const uint32_t fraction = half & 1023u;
  if (exponent == 31u) return bitsToFloat(sign | 0x7F800000u | (fraction << 13));
  if (exponent != 0u) return bitsToFloat(sign | ((exponent + 112u) << 23) | (fraction << 13));
  const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return sign != 0u ? -magnitude : magnitude;
}

/// bfloat16 to float: the upper half of its bits.
inline float bfloat16ToFloat(uint16_t bits) {
  return bitsToFloat(static_cast<uint32_t>(bits) << 16);
}

}  // namespace pim::host
