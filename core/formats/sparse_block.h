#pragma once

#include <cstdint>
#include <cstring>

#include "abi/pim_layout.h"

namespace pim {

/// The kept weights of PIM_SPARSE_BLOCK neighbours: block `number` of the codes of a row (abi/pim_layout.h).
class SparseBlock {
 public:
  SparseBlock(const std::uint8_t* codes, std::uint32_t number, std::uint32_t sparsity)
      : m_kept(sparsity), m_bits(load(codes, number, sparsity)) {
    if (m_kept != 8) return;
    // Converts the mask to indices, so that all blocks have the same form.
    std::uint64_t indices = 0;
    auto mask = static_cast<std::uint32_t>(m_bits & 0xFFFF);
    for (std::uint32_t n = 0; mask != 0 && n < m_kept; ++n, mask &= mask - 1)
      indices |= static_cast<std::uint64_t>(__builtin_ctz(mask)) << 4 * n;
    m_bits = indices | m_bits >> PIM_SPARSE_BLOCK << 32;
  }

  /// Position of the n-th kept weight in the block; positions ascend with n.
  std::uint32_t index(std::uint32_t n) const { return m_bits >> 4 * n & 15; }
  std::uint8_t code(std::uint32_t n) const { return m_bits >> 4 * (m_kept + n) & 15; }

  static std::uint32_t byteOffset(std::uint32_t number, std::uint32_t sparsity) {
    const std::uint32_t perColumn = pim_sparse_blocks_per_column(sparsity);
    return number / perColumn * PIM_COLUMN_BYTES + number % perColumn * pim_sparse_block_bits(sparsity) / 8;
  }

  /// Returns the bits of a block: indices, or a mask if 8 are kept, then codes of 4 bits. With 8, bits of
  /// what follows in the column come after them: a load of six bytes takes several instructions.
  static std::uint64_t load(const std::uint8_t* codes, std::uint32_t number, std::uint32_t sparsity) {
    std::uint64_t bits = 0;
    const std::uint8_t* from = codes + byteOffset(number, sparsity);
    if (sparsity == 8)
      std::memcpy(&bits, from, sizeof bits);
    else
      std::memcpy(&bits, from, pim_sparse_block_bits(sparsity) / 8);
    return bits;
  }

 private:
  std::uint32_t m_kept;
  std::uint64_t m_bits;  // indices, then codes, 4 bits each
};

/// Writes the codes of `count` blocks to their positions; the others stay as they are.
template <std::uint32_t kKept>
void scatterSparseBlocks(const std::uint8_t* row, std::uint32_t first, std::uint32_t count,
                         std::uint8_t* codes) {
  for (std::uint32_t number = first; number < first + count; ++number, codes += PIM_SPARSE_BLOCK) {
    const SparseBlock block(row, number, kKept);
    for (std::uint32_t n = 0; n < kKept; ++n) codes[block.index(n)] = block.code(n);
  }
}

/// Writes codes[PIM_SPARSE_BLOCK] as block `number`: the codes that differ from `zero`, and if they are too
/// few, the first of the others. std::logic_error: they are too many.
void writeSparseBlock(const std::uint8_t* codes, std::uint8_t zero, std::uint8_t* row, std::uint32_t number,
                      std::uint32_t sparsity);

/// Copies a block from one row to another.
void copySparseBlock(const std::uint8_t* from, std::uint32_t number, std::uint8_t* to, std::uint32_t toNumber,
                     std::uint32_t sparsity);

}  // namespace pim
