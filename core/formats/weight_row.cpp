#include "core/formats/weight_row.h"

#include <cassert>
#include <cstring>

#include "abi/pim_layout.h"

namespace pim {
namespace {

std::uint32_t metaBytes(std::uint32_t k, const WeightFormat& format) {
  return pim_weight_meta_bytes(k, format.group, format.scaleBits, format.zeroBits);
}

std::uint8_t* clearedZeros(std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  std::memset(row, 0, weightRowBytes(k, format));
  return format.zeroBits == 0 ? nullptr : row + 2 * (k / format.group);
}

}  // namespace

bool isComputable(const WeightFormat& format) {
  return (format.group == 32 || format.group == 64 || format.group == 128) && format.weightBits == 4 &&
         format.scaleBits == 16 && (format.zeroBits == 0 || format.zeroBits == 4);
}

bool operator==(const WeightFormat& a, const WeightFormat& b) {
  return a.group == b.group && a.weightBits == b.weightBits && a.scaleBits == b.scaleBits &&
         a.zeroBits == b.zeroBits;
}

std::uint32_t weightRowBytes(std::uint32_t k, const WeightFormat& format) {
  return pim_weight_row_bytes(k, format.group, format.weightBits, format.scaleBits, format.zeroBits);
}

WeightRowView::WeightRowView(const std::uint8_t* row, std::uint32_t k, const WeightFormat& format)
    : m_row(row),
      m_zeros(format.zeroBits == 0 ? nullptr : row + 2 * (k / format.group)),
      m_codes(row + metaBytes(k, format)),
      m_k(k),
      m_group(format.group) {
  assert(isComputable(format) && k % format.group == 0);
}

void writeWeightRow(const std::uint8_t* codes, const std::uint8_t* zeros, const std::uint16_t* scales,
                    std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  assert(isComputable(format) && k % format.group == 0);
  std::uint8_t* zeroField = clearedZeros(k, format, row);
  for (std::uint32_t g = 0; g < k / format.group; ++g) {
    storeU16(row + 2 * g, scales[g]);
    if (zeroField) storeNibble(zeroField, g, zeros[g]);
  }
  std::uint8_t* codeField = row + metaBytes(k, format);
  for (std::uint32_t i = 0; i < k; ++i) storeNibble(codeField, i, codes[i]);
}

void sliceWeightRow(const WeightRowView& full, std::uint32_t first, std::uint32_t count,
                    const WeightFormat& format, std::uint8_t* row) {
  assert(first % format.group == 0 && count % format.group == 0 && first + count <= full.k());
  std::uint8_t* zeroField = clearedZeros(count, format, row);
  const std::uint32_t groups = count / format.group, firstGroup = first / format.group;
  std::memcpy(row, full.scales() + std::size_t{2} * firstGroup, std::size_t{2} * groups);
  for (std::uint32_t g = 0; zeroField != nullptr && g < groups; ++g)
    storeNibble(zeroField, g, full.zero(firstGroup + g));
  // A group fills whole bytes, so the codes of a slice start on one.
  std::memcpy(row + metaBytes(count, format), full.codes() + first / 2, count / 2);
}

void writeZeroRow(std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  // Scales of zero make every weight zero, whatever its code.
  clearedZeros(k, format, row);
}

}  // namespace pim
