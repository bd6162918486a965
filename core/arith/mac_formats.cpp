#include "core/arith/mac_formats.h"

#include <algorithm>
#include <vector>

namespace pim {
namespace {

constexpr std::uint32_t kNibbleBits = 4;

/// Stores the codes and zero points of a row, one nibble of each code per pass, as a row of its own.
class NibbleRow {
 public:
  NibbleRow(std::uint32_t k, const WeightFormat& format)
      : m_format{format.group, kNibbleBits, format.scaleBits, storedZeroBits(kNibbleBits), 0},
        m_codes(k),
        m_part(k),
        m_zeros(k / format.group),
        m_scales(k / format.group) {}

  const WeightFormat& format() const { return m_format; }

  void write(const WeightRowView& row, std::uint32_t shift, std::uint8_t* out) {
    const auto nibble = [shift](std::uint8_t code) { return static_cast<std::uint8_t>(code >> shift & 15); };
    row.decode(0, row.k(), m_codes.data());
    std::transform(m_codes.begin(), m_codes.end(), m_part.begin(), nibble);
    for (std::uint32_t g = 0; g < row.groups(); ++g) {
      m_zeros[g] = nibble(row.zero(g));
      m_scales[g] = row.scale(g);
    }
    writeWeightRow(m_part.data(), m_zeros.data(), m_scales.data(), row.k(), m_format, out);
  }

 private:
  WeightFormat m_format;
  std::vector<std::uint8_t> m_codes, m_part, m_zeros;
  std::vector<std::uint16_t> m_scales;
};

}  // namespace

bool isNibbles(const WeightFormat& format) {
  return format.weightBits == kNibbleBits && !format.isSparse();
}

void macBlockByNibbles(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
                       std::int64_t* sums, std::uint32_t pitch) {
  constexpr std::uint32_t kRowsAtOnce = 32;
  NibbleRow nibbles(block.k, block.format);
  const std::size_t rowBytes = weightRowBytes(block.k, block.format);
  const std::size_t partBytes = weightRowBytes(block.k, nibbles.format());
  std::vector<std::uint8_t> part(kRowsAtOnce * partBytes);
  std::vector<std::int64_t> partSums(std::size_t{block.vectors} * kRowsAtOnce);
  for (std::uint32_t first = 0; first < block.rows; first += kRowsAtOnce) {
    MacBlock rows = block;
    rows.rows = std::min(kRowsAtOnce, block.rows - first);
    rows.format = nibbles.format();
    for (std::uint32_t shift = 0; shift < block.format.weightBits; shift += kNibbleBits) {
      for (std::uint32_t r = 0; r < rows.rows; ++r) {
        const WeightRowView row(weightRows + (first + r) * rowBytes, block.k, block.format);
        nibbles.write(row, shift, part.data() + r * partBytes);
      }
      std::fill(partSums.begin(), partSums.end(), 0);
      macBlock(rows, part.data(), records, partSums.data(), kRowsAtOnce);
      for (std::uint32_t v = 0; v < block.vectors; ++v)
        for (std::uint32_t r = 0; r < rows.rows; ++r)
          sums[std::size_t{v} * pitch + first + r] +=
              partSums[std::size_t{v} * kRowsAtOnce + r] * (std::int64_t{1} << shift);
    }
  }
}

}  // namespace pim
