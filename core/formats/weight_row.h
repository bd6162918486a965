#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// A row of 4-bit weights as it lies in BMEM (abi/pim_layout.h): scales, zero points, padding; codes,
/// padding.
namespace pim {

/// Formats of a matrix. Arithmetic needs weightBits = 4, scaleBits = 16, zeroBits 0 or 4; runs without data
/// may use others for their sizes.
struct WeightFormat {
  std::uint32_t group = 128;  ///< weights that share a scale: 32, 64 or 128
  std::uint32_t weightBits = 4;
  std::uint32_t scaleBits = 16;
  std::uint32_t zeroBits = 0;  ///< 0: every zero point is kSymmetricZero and none is stored
};

constexpr std::uint8_t kSymmetricZero = 8;
constexpr std::uint32_t kMaxGroup = 128;

bool isComputable(const WeightFormat& format);
bool operator==(const WeightFormat& a, const WeightFormat& b);
inline bool operator!=(const WeightFormat& a, const WeightFormat& b) {
  return !(a == b);
}

/// Bytes of a row of k weights (k a multiple of the group), padding included.
std::uint32_t weightRowBytes(std::uint32_t k, const WeightFormat& format);

/// Reads one row: w_i = (code(i) - zero(i / group)) * scale(i / group) * 2^wexp.
class WeightRowView {
 public:
  WeightRowView(const std::uint8_t* row, std::uint32_t k, const WeightFormat& format);

  std::uint32_t k() const { return m_k; }
  std::uint32_t group() const { return m_group; }
  std::uint32_t groups() const { return m_k / m_group; }
  std::uint16_t scale(std::uint32_t g) const { return loadU16(m_row + 2 * g); }
  const std::uint8_t* scales() const { return m_row; }
  std::uint8_t zero(std::uint32_t g) const { return m_zeros ? loadNibble(m_zeros, g) : kSymmetricZero; }
  std::uint8_t code(std::uint32_t i) const { return loadNibble(m_codes, i); }
  const std::uint8_t* codes() const { return m_codes; }

 private:
  const std::uint8_t* m_row;
  const std::uint8_t* m_zeros;  // null for symmetric formats
  const std::uint8_t* m_codes;
  std::uint32_t m_k;
  std::uint32_t m_group;
};

/// Writes a row from codes[k] (0..15), zeros[k / group] (0..15; ignored and may be null when zeroBits = 0)
/// and scales[k / group]. Padding becomes zero.
void writeWeightRow(const std::uint8_t* codes, const std::uint8_t* zeros, const std::uint16_t* scales,
                    std::uint32_t k, const WeightFormat& format, std::uint8_t* row);

/// Writes weights [first, first + count) of a full row as a row of its own: the K tile or column part that a
/// bank holds. first and count are multiples of the group.
void sliceWeightRow(const WeightRowView& full, std::uint32_t first, std::uint32_t count,
                    const WeightFormat& format, std::uint8_t* row);

/// Writes a row of k weights that are all zero: what pads a matrix to whole slots.
void writeZeroRow(std::uint32_t k, const WeightFormat& format, std::uint8_t* row);

}  // namespace pim
