#include "core/formats/sparse_block.h"

#include <stdexcept>

namespace pim {
namespace {

/// Returns the codes of a block that are stored, one bit per code.
std::uint32_t keptOf(const std::uint8_t* codes, std::uint8_t zero, std::uint32_t sparsity) {
  std::uint32_t mask = 0, kept = 0;
  for (std::uint32_t i = 0; i < PIM_SPARSE_BLOCK; ++i) {
    if (codes[i] == zero) continue;
    mask |= 1u << i;
    ++kept;
  }
  if (kept > sparsity) throw std::logic_error("a block of a sparse row has more weights than are kept");
  for (std::uint32_t i = 0; kept < sparsity; ++i) {
    if ((mask >> i & 1) != 0) continue;
    mask |= 1u << i;
    ++kept;
  }
  return mask;
}

}  // namespace

void writeSparseBlock(const std::uint8_t* codes, std::uint8_t zero, std::uint8_t* row, std::uint32_t number,
                      std::uint32_t sparsity) {
  const std::uint32_t mask = keptOf(codes, zero, sparsity);
  const std::uint32_t placeBits = sparsity == 8 ? 16 : 4 * sparsity;
  std::uint64_t bits = sparsity == 8 ? mask : 0;
  std::uint32_t n = 0;
  for (std::uint32_t i = 0; i < PIM_SPARSE_BLOCK; ++i) {
    if ((mask >> i & 1) == 0) continue;
    if (sparsity != 8) bits |= std::uint64_t{i} << 4 * n;
    bits |= std::uint64_t{codes[i]} << (placeBits + 4 * n++);
  }
  std::memcpy(row + SparseBlock::byteOffset(number, sparsity), &bits, pim_sparse_block_bits(sparsity) / 8);
}

void copySparseBlock(const std::uint8_t* from, std::uint32_t number, std::uint8_t* to, std::uint32_t toNumber,
                     std::uint32_t sparsity) {
  std::memcpy(to + SparseBlock::byteOffset(toNumber, sparsity),
              from + SparseBlock::byteOffset(number, sparsity), pim_sparse_block_bits(sparsity) / 8);
}

}  // namespace pim
