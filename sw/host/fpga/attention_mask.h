#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::host::fpga {

/// The blocks of 64 x 64 attention scores that a prefill computes: one matrix of blocks per layer and head,
/// or one for all. No row contains blocks of later tokens.
class AttentionMask {
 public:
  /// Contains every block, including those that a causal model does not need.
  static AttentionMask full();
  /// Contains the blocks that a causal model needs: the lower triangle.
  static AttentionMask causal();
  /// Reads a CSV file with the columns layer, head, kept_blocks, lower_triangle_rows. Row n of the blocks is
  /// a hexadecimal number of n + 1 bits, column 0 the highest of them; rows are separated by points. Throws a
  /// UserError that names the file and the line.
  static AttentionMask fromFile(const std::string& path);
  /// Reads the same from the text of such a file; `name` names it in errors.
  static AttentionMask fromText(const std::string& text, const std::string& name);

  /// Returns whether all layers and heads have the same mask.
  bool uniform() const { return m_rows.empty(); }
  /// Number of layers and heads in a file; not for a uniform mask.
  std::uint32_t layers() const { return m_layers; }
  std::uint32_t heads() const { return m_heads; }
  std::uint32_t blocks() const { return m_blocks; }  ///< rows of blocks

  /// Throws a UserError unless the file covers this number of layers, heads and tokens.
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
