#include "sw/host/layout/block_mask.h"

#include <utility>

namespace pim::host {

BlockMask BlockMask::window(std::uint32_t sinks, std::uint32_t window) {
  BlockMask mask;
  mask.m_kind = Kind::Window;
  mask.m_sinks = sinks;
  mask.m_window = window;
  return mask;
}

BlockMask BlockMask::strided(std::uint32_t stride) {
  BlockMask mask;
  mask.m_kind = Kind::Strided;
  mask.m_stride = stride;
  return mask;
}

BlockMask BlockMask::fromRows(std::vector<std::vector<std::vector<bool>>> rows) {
  BlockMask mask;
  mask.m_kind = Kind::Rows;
  mask.m_rows = std::move(rows);
  return mask;
}

bool BlockMask::keeps(std::uint32_t layer, std::uint32_t row, std::uint32_t column) const {
  if (column >= row) return column == row;
  switch (m_kind) {
    case Kind::Window: {
      // The first query of the row sees farthest back, to the token window - 1 before it.
      const std::uint32_t query = row * PIM_MASK_TOKENS, end = (column + 1) * PIM_MASK_TOKENS;
      return column * PIM_MASK_TOKENS < m_sinks || query - end + 1 < m_window;
    }
    case Kind::Strided:
      return column % m_stride == 0;
    case Kind::Rows:
      if (layer >= m_rows.size() || row >= m_rows[layer].size()) return true;
      return m_rows[layer][row][column];
    default:
      return true;
  }
}

std::vector<std::uint32_t> BlockMask::table(std::uint32_t layers, std::uint32_t rows) const {
  const std::uint32_t words = rowWords(rows);
  std::vector<std::uint32_t> table(std::size_t{layers} * rows * words);
  for (std::uint32_t layer = 0; layer < layers; ++layer)
    for (std::uint32_t row = 0; row < rows; ++row)
      for (std::uint32_t column = 0; column <= row; ++column)
        if (keeps(layer, row, column))
          table[(std::size_t{layer} * rows + row) * words + column / 32] |= 1u << column % 32;
  return table;
}

}  // namespace pim::host
