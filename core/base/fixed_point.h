#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

/// The basic operations of docs/numerics.md.
namespace pim {

/// Signed, 16 fraction bits: the format of values between two ALU operations.
using Q16 = std::int32_t;

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

inline Q16 sat32(std::int64_t x) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
  return static_cast<Q16>(x > kMax ? kMax : x < kMin ? kMin : x);
}

/// x * 2^shift, shift >= 0, saturating at 64 bits.
inline std::int64_t shiftLeftSaturating(std::int64_t x, int shift) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  if (x == 0) return 0;
  if (shift > 62) return x > 0 ? kMax : kMin;
  if (x > (kMax >> shift)) return kMax;
  if (x < (kMin >> shift)) return kMin;
  return x * (std::int64_t{1} << shift);
}

/// x * 2^-shift rounded half up; any shift. The sum with half an LSB is never formed, so nothing overflows.
inline std::int64_t roundShift(std::int64_t x, int shift) {
  if (shift <= 0) return shiftLeftSaturating(x, -shift);
  if (shift > 63) return 0;
  return (x >> shift) + ((x >> (shift - 1)) & 1);
}

/// The same for products that need more than 64 bits; 0 < shift < 127.
inline Int128 roundShiftWide(Int128 x, int shift) {
  return (x >> shift) + ((x >> (shift - 1)) & 1);
}

inline Q16 sat32Wide(Int128 x) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  return sat32(x > kMax ? kMax : x < kMin ? kMin : static_cast<std::int64_t>(x));
}

/// |x|, also of the most negative value.
inline std::int64_t magnitude(Q16 x) {
  return x < 0 ? -std::int64_t{x} : std::int64_t{x};
}

inline std::int64_t clampTo(std::int64_t x, std::int64_t low, std::int64_t high) {
  return x < low ? low : x > high ? high : x;
}

/// 16-bit fields of memory formats. Records lie at any even address of a byte array, hence memcpy.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "memory formats are little-endian");
inline std::uint16_t loadU16(const std::uint8_t* from) {
  std::uint16_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
inline std::int16_t loadS16(const std::uint8_t* from) {
  std::int16_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
inline void storeU16(std::uint8_t* to, std::uint16_t value) {
  std::memcpy(to, &value, sizeof value);
}
inline void storeS16(std::uint8_t* to, std::int16_t value) {
  std::memcpy(to, &value, sizeof value);
}

/// Four-bit fields, two a byte, low nibble first.
inline std::uint8_t loadNibble(const std::uint8_t* from, std::uint32_t index) {
  return static_cast<std::uint8_t>((from[index / 2] >> (index % 2 * 4)) & 15u);
}
inline void storeNibble(std::uint8_t* to, std::uint32_t index, std::uint8_t value) {
  const unsigned shift = index % 2 * 4;
  to[index / 2] = static_cast<std::uint8_t>((to[index / 2] & ~(15u << shift)) | ((value & 15u) << shift));
}

}  // namespace pim
