#include "core/formats/weight_row.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "core/formats/sparse_block.h"

namespace pim {
namespace {

std::uint32_t metaBytes(std::uint32_t k, const WeightFormat& format) {
  return pim_weight_meta_bytes(k, format.group, format.scaleBits, format.zeroBits);
}

std::uint8_t* clearedZeros(std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  std::memset(row, 0, weightRowBytes(k, format));
  return format.zeroBits == 0 ? nullptr : row + 2 * (k / format.group);
}

void storeZero(std::uint8_t* zeros, std::uint32_t g, std::uint8_t zero, const WeightFormat& format) {
  if (format.zeroBits == 4)
    storeNibble(zeros, g, zero);
  else
    zeros[g] = zero;
}

/// Returns code i of a packed sequence of codes of at most 8 bits.
std::uint8_t loadCode(const std::uint8_t* codes, std::uint32_t i, std::uint32_t bits) {
  const std::uint32_t at = i * bits, byte = at / 8, shift = at % 8;
  std::uint32_t word = codes[byte];
  if (shift + bits > 8) word |= std::uint32_t{codes[byte + 1]} << 8;
  return static_cast<std::uint8_t>(word >> shift & ((1u << bits) - 1));
}

/// Stores a code into bytes that are zero.
void storeCode(std::uint8_t* codes, std::uint32_t i, std::uint32_t bits, std::uint8_t code) {
  const std::uint32_t at = i * bits, byte = at / 8, shift = at % 8, word = std::uint32_t{code} << shift;
  codes[byte] = static_cast<std::uint8_t>(codes[byte] | word);
  if (shift + bits > 8) codes[byte + 1] = static_cast<std::uint8_t>(codes[byte + 1] | word >> 8);
}

}  // namespace

WeightRowView::WeightRowView(const std::uint8_t* row, std::uint32_t k, const WeightFormat& format)
    : m_row(row),
      m_zeros(row + 2 * (k / format.group)),
      m_codes(row + metaBytes(k, format)),
      m_k(k),
      m_format(format),
      m_isNibbles(format.isNibbles()) {
  assert(isComputable(format) && k % format.group == 0);
}

std::uint8_t WeightRowView::codeOfOtherFormats(std::uint32_t i) const {
  if (!m_format.isSparse()) return loadCode(m_codes, i, m_format.weightBits);
  const SparseBlock block(m_codes, i / kSparseBlock, m_format.sparsity);
  for (std::uint32_t n = 0; n < m_format.sparsity; ++n)
    if (block.index(n) == i % kSparseBlock) return block.code(n);
  return zero(i / m_format.group);
}

void WeightRowView::decode(std::uint32_t first, std::uint32_t count, std::uint8_t* codes) const {
  if (m_format.isSparse()) return decodeSparse(first, count, codes);
  if (m_format.weightBits == 8) {
    std::memcpy(codes, m_codes + first, count);
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) codes[i] = loadCode(m_codes, first + i, m_format.weightBits);
}

void WeightRowView::decodeSparse(std::uint32_t first, std::uint32_t count, std::uint8_t* codes) const {
  for (std::uint32_t i = first; i < first + count; i += m_format.group, codes += m_format.group) {
    std::memset(codes, zero(i / m_format.group), m_format.group);
    const std::uint32_t block = i / kSparseBlock, blocks = m_format.group / kSparseBlock;
    switch (m_format.sparsity) {
      case 2:
        scatterSparseBlocks<2>(m_codes, block, blocks, codes);
        break;
      case 4:
        scatterSparseBlocks<4>(m_codes, block, blocks, codes);
        break;
      default:
        scatterSparseBlocks<8>(m_codes, block, blocks, codes);
    }
  }
}

void writeWeightRow(const std::uint8_t* codes, const std::uint8_t* zeros, const std::uint16_t* scales,
                    std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  assert(isComputable(format) && k % format.group == 0);
  std::uint8_t* zeroField = clearedZeros(k, format, row);
  for (std::uint32_t g = 0; g < k / format.group; ++g) {
    storeU16(row + 2 * g, scales[g]);
    if (zeroField) storeZero(zeroField, g, zeros[g], format);
  }
  std::uint8_t* codeField = row + metaBytes(k, format);
  if (format.isSparse()) {
    for (std::uint32_t i = 0; i < k; i += kSparseBlock) {
      const std::uint8_t zero = zeroField ? zeros[i / format.group] : format.symmetricZero();
      writeSparseBlock(codes + i, zero, codeField, i / kSparseBlock, format.sparsity);
    }
  } else {
    for (std::uint32_t i = 0; i < k; ++i) storeCode(codeField, i, format.weightBits, codes[i]);
  }
}

void sliceWeightRow(const WeightRowView& full, std::uint32_t first, std::uint32_t count,
                    const WeightFormat& format, std::uint8_t* row) {
  assert(first % format.group == 0 && count % format.group == 0 && first + count <= full.k());
  std::uint8_t* zeroField = clearedZeros(count, format, row);
  const std::uint32_t groups = count / format.group, firstGroup = first / format.group;
  std::memcpy(row, full.scales() + std::size_t{2} * firstGroup, std::size_t{2} * groups);
  for (std::uint32_t g = 0; zeroField != nullptr && g < groups; ++g)
    storeZero(zeroField, g, full.zero(firstGroup + g), format);
  std::uint8_t* codes = row + metaBytes(count, format);
  if (format.isSparse()) {
    for (std::uint32_t block = 0; block < count / kSparseBlock; ++block)
      copySparseBlock(full.codes(), first / kSparseBlock + block, codes, block, format.sparsity);
  } else {
    // A group fills whole bytes, so the codes of a slice start on a byte.
    std::memcpy(codes, full.codes() + first * format.weightBits / 8, count * format.weightBits / 8);
  }
}

void writeZeroRow(std::uint32_t k, const WeightFormat& format, std::uint8_t* row) {
  // Scales of zero make every weight zero, whatever its code.
  clearedZeros(k, format, row);
}

}  // namespace pim
