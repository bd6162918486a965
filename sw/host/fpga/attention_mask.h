#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::host::fpga {

/// The blocks of 64 x 64 attention scores that a prefill computes: a matrix of blocks for every layer and
/// head, or one for all. A row never contains later blocks.
class AttentionMask {
 public:
  /// Every block, including those that a causal model does not need.
  static AttentionMask full();
  /// What a causal model needs: the lower triangle.
  static AttentionMask causal();
  /// The CSV file with the columns layer, head, kept_blocks, lower_triangle_rows. Row n of the blocks is a
  /// hexadecimal number of n + 1 bits, column 0 the highest of them; rows are separated by points. Throws a
  /// UserError that names the file and the line.
  static AttentionMask fromFile(const std::string& path);
  /// The same from the text of such a file, which is called `name`.
  static AttentionMask fromText(const std::string& text, const std::string& name);

  /// Whether all layers and heads have the same mask.
  bool uniform() const { return m_rows.empty(); }
  /// The number of layers and heads of a file; not for a uniform mask.
  std::uint32_t layers() const { return m_layers; }
  std::uint32_t heads() const { return m_heads; }
  std::uint32_t blocks() const { return m_blocks; }  ///< rows of blocks

  /// UserError: the file does not cover this number of layers, heads or tokens.
  void require(std::uint32_t layers, std::uint32_t heads, std::uint32_t tokens) const;

  bool keeps(std::uint32_t layer, std::uint32_t head, std::uint32_t row, std::uint32_t column) const {
    if (uniform()) return m_full || column <= row;
    return (m_rows[(layer * m_heads + head) * m_blocks + row] >> column & 1U) != 0;
  }

 private:
  std::string m_name;
  bool m_full = false;
  std::uint32_t m_layers = 0, m_heads = 0, m_blocks = 0;
  std::vector<std::uint64_t> m_rows;  // [layer][head][row], bit n is column n
};

}  // namespace pim::host::fpga
