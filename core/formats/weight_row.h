#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"
#include "core/formats/weight_format.h"

/// A row of weights in BMEM (abi/pim_layout.h): scales, zero points, padding; codes, padding.
namespace pim {

/// Reads one row: w_i = (code(i) - zero(i / group)) * scale(i / group) * 2^wexp. A weight that a sparse row
/// does not store has its zero point as code.
class WeightRowView {
 public:
  WeightRowView(const std::uint8_t* row, std::uint32_t k, const WeightFormat& format);

  std::uint32_t k() const { return m_k; }
  std::uint32_t group() const { return m_format.group; }
  std::uint32_t groups() const { return m_k / m_format.group; }
  const WeightFormat& format() const { return m_format; }
  std::uint16_t scale(std::uint32_t g) const { return loadU16(m_row + 2 * g); }
  const std::uint8_t* scales() const { return m_row; }
  /// A stored zero point has a nibble or a byte; only the bits of a code are used, and writers leave the
  /// others 0.
  std::uint8_t zero(std::uint32_t g) const {
    if (m_format.zeroBits == 0) return m_format.symmetricZero();
    return m_format.zeroBits == 4 ? loadNibble(m_zeros, g)
                                  : static_cast<std::uint8_t>(m_zeros[g] & m_format.largestCode());
  }
  std::uint8_t code(std::uint32_t i) const {
    return m_isNibbles ? loadNibble(m_codes, i) : codeOfOtherFormats(i);
  }
  /// Writes code(first), ..., code(first + count - 1); both multiples of the group.
  void decode(std::uint32_t first, std::uint32_t count, std::uint8_t* codes) const;
  const std::uint8_t* codes() const { return m_codes; }

 private:
  std::uint8_t codeOfOtherFormats(std::uint32_t i) const;
  void decodeSparse(std::uint32_t first, std::uint32_t count, std::uint8_t* codes) const;

  const std::uint8_t* m_row;
  const std::uint8_t* m_zeros;
  const std::uint8_t* m_codes;
  std::uint32_t m_k;
  WeightFormat m_format;
  bool m_isNibbles;
};

/// Writes a row from codes[k], zeros[k / group] (ignored and may be null when zeroBits = 0) and scales[k /
/// group]. Padding becomes zero. A sparse row stores the codes that differ from the zero point; if a block
/// has too few of them, also the first of the others. std::logic_error: a block has too many.
void writeWeightRow(const std::uint8_t* codes, const std::uint8_t* zeros, const std::uint16_t* scales,
                    std::uint32_t k, const WeightFormat& format, std::uint8_t* row);

/// Writes weights [first, first + count) of a complete row as a separate row: the K tile or column part that
/// a bank holds. first and count are multiples of the group.
void sliceWeightRow(const WeightRowView& full, std::uint32_t first, std::uint32_t count,
                    const WeightFormat& format, std::uint8_t* row);

/// Writes a row of k zero weights, which pads a matrix to whole slots.
void writeZeroRow(std::uint32_t k, const WeightFormat& format, std::uint8_t* row);

}  // namespace pim
