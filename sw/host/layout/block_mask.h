#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"

namespace pim::host {

/// The blocks of PIM_MASK_TOKENS cached tokens that the queries of a block see; the same for all heads of a
/// layer. A query never sees later tokens, whatever the mask contains, and always sees its own block.
class BlockMask {
 public:
  /// Largest number of rows of blocks in a mask.
  static constexpr std::uint32_t kMostRows = 255;

  enum class Phase : std::uint8_t { Prefill = 1, Decode = 2, Both = 3 };

  /// No mask: queries see all earlier tokens.
  BlockMask() = default;
  /// Queries see the first `sinks` tokens, and the blocks that contain one of the last `window` tokens.
  static BlockMask window(std::uint32_t sinks, std::uint32_t window);
  /// Queries see their own block, and every `stride`-th block, beginning with the first.
  static BlockMask strided(std::uint32_t stride);
  /// Bit `column` of rows[layer][row] stands for a block. Layers and rows that are not listed see everything.
  static BlockMask fromRows(std::vector<std::vector<std::vector<bool>>> rows);

  bool isNone() const { return m_kind == Kind::None; }
  bool keeps(std::uint32_t layer, std::uint32_t row, std::uint32_t column) const;

  void setPhase(Phase phase) { m_phase = phase; }
  Phase phase() const { return m_phase; }

  /// Words per row of a table with `rows` rows: bit column % 32 of word column / 32.
  static std::uint32_t rowWords(std::uint32_t rows) { return (rows + 31) / 32; }
  /// Returns the table of `layers` layers, [layer][row][word], in the format of abi/pim_plan.h.
  std::vector<std::uint32_t> table(std::uint32_t layers, std::uint32_t rows) const;

 private:
  enum class Kind : std::uint8_t { None, Window, Strided, Rows };

  Kind m_kind = Kind::None;
  Phase m_phase = Phase::Both;
  std::uint32_t m_sinks = 0, m_window = 0, m_stride = 0;
  std::vector<std::vector<std::vector<bool>>> m_rows;
};

}  // namespace pim::host
