#pragma once

#include <cstdint>
#include <cstring>

namespace pim::host {

inline float bitsToFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t floatToBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// Converts IEEE 754 binary16 to float exactly, including subnormals, infinities and NaN.
inline float halfToFloat(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t magnitude = (half & 0x7FFFu) << 13;
  constexpr uint32_t kInfinity = 0x7C00u << 13;
  if (magnitude >= kInfinity) return bitsToFloat(sign | 0x7F800000u | (magnitude - kInfinity));
  // Multiplying moves the exponent from bias 15 to bias 127, and normalises subnormals on the way.
  return bitsToFloat(sign | floatToBits(bitsToFloat(magnitude) * 0x1p112f));
}

/// Converts bfloat16, the upper half of a float's bits, to float.
inline float bfloat16ToFloat(uint16_t bits) {
  return bitsToFloat(static_cast<uint32_t>(bits) << 16);
}

}  // namespace pim::host
