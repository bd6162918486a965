#include "core/formats/weight_format.h"

#include <initializer_list>

namespace pim {
namespace {

bool isOneOf(std::uint32_t value, std::initializer_list<std::uint32_t> allowed) {
  for (const std::uint32_t one : allowed)
    if (value == one) return true;
  return false;
}

}  // namespace

WeightFormat WeightFormat::withBits(std::uint32_t bits) const {
  WeightFormat format = *this;
  format.weightBits = bits;
  format.zeroBits = zeroBits == 0 ? 0 : storedZeroBits(bits);
  return format;
}

WeightFormat WeightFormat::withSparsity(std::uint32_t kept) const {
  WeightFormat format = *this;
  format.sparsity = kept;
  return format;
}

bool operator==(const WeightFormat& a, const WeightFormat& b) {
  return a.group == b.group && a.weightBits == b.weightBits && a.scaleBits == b.scaleBits &&
         a.zeroBits == b.zeroBits && a.sparsity == b.sparsity;
}

bool isComputable(const WeightFormat& format) {
  return isOneOf(format.group, {32, 64, 128}) && isOneOf(format.weightBits, {3, 4, 5, 8}) &&
         format.scaleBits == 16 && isOneOf(format.zeroBits, {0, storedZeroBits(format.weightBits)}) &&
         isOneOf(format.sparsity, {0, 8, 4, 2}) && (!format.isSparse() || format.weightBits == 4);
}

std::uint32_t weightRowBytes(std::uint32_t k, const WeightFormat& format) {
  return pim_weight_row_bytes(k, format.group, format.weightBits, format.scaleBits, format.zeroBits,
                              format.sparsity);
}

std::uint64_t weightCodeBits(std::uint64_t k, const WeightFormat& format) {
  return format.isSparse() ? k / kSparseBlock * pim_sparse_block_bits(format.sparsity)
                           : k * format.weightBits;
}

ColumnShape columnShape(const WeightFormat& format) {
  constexpr std::uint32_t kColumnBits = 8 * PIM_COLUMN_BYTES;
  if (format.isSparse()) {
    const std::uint32_t blocks = pim_sparse_blocks_per_column(format.sparsity);
    return {kColumnBits, blocks * format.sparsity, blocks * kSparseBlock, 1};
  }
  // `weightBits` columns together hold exactly kColumnBits codes.
  return {kColumnBits * format.weightBits, kColumnBits, kColumnBits, passesOf(format.weightBits)};
}

}  // namespace pim
