#pragma once

#include <cstdint>
#include <vector>

#include "abi/pim_abi.h"

namespace pim::host {

/// Which blocks of PIM_MASK_TOKENS cached tokens the queries of a block see; all heads of a layer alike. What
/// comes after a query is never seen, whatever the mask says, and a query's own block always is.
class BlockMask {
 public:
  /// The most rows of blocks a mask has.
  static constexpr std::uint32_t kMostRows = 255;

  enum class Phase : std::uint8_t { Prefill = 1, Decode = 2, Both = 3 };

  /// No mask: everything is seen.
  BlockMask() = default;
  /// The `sinks` first tokens, and of the others the blocks with one of the last `window` tokens.
  static BlockMask window(std::uint32_t sinks, std::uint32_t window);
  /// The query's own block, and every `stride`-th block from the first on.
  static BlockMask strided(std::uint32_t stride);
  /// Bit `column` of rows[layer][row] is a block; layers and rows beyond see everything.
  static BlockMask fromRows(std::vector<std::vector<std::vector<bool>>> rows);

  bool isNone() const { return m_kind == Kind::None; }
  bool keeps(std::uint32_t layer, std::uint32_t row, std::uint32_t column) const;

  void setPhase(Phase phase) { m_phase = phase; }
  Phase phase() const { return m_phase; }

  /// Words of a row of a table of `rows` rows: bit column % 32 of word column / 32.
  static std::uint32_t rowWords(std::uint32_t rows) { return (rows + 31) / 32; }
  /// The table of `layers` layers, [layer][row][word], as abi/pim_plan.h describes it.
  std::vector<std::uint32_t> table(std::uint32_t layers, std::uint32_t rows) const;

 private:
  enum class Kind : std::uint8_t { None, Window, Strided, Rows };

  Kind m_kind = Kind::None;
  Phase m_phase = Phase::Both;
  std::uint32_t m_sinks = 0, m_window = 0, m_stride = 0;
  std::vector<std::vector<std::vector<bool>>> m_rows;
};

}  // namespace pim::host
