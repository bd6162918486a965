#pragma once

#include <algorithm>
#include <cstdint>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"

namespace pim {

/// The cached tokens that the queries of an attention command see: all, or those in the blocks of
/// PIM_MASK_TOKENS tokens that its mask keeps. A mask requires one bank per head, which holds all tokens of
/// the sequence.
class SeenTokens {
 public:
  static constexpr std::uint32_t kMostBlocks = 32 * PIM_MASK_WORDS;

  explicit SeenTokens(const pim_command& command)
      : m_isMasked((command.flags & PIM_FLAG_MASKED) != 0), m_attention(command.body.attention) {}

  bool isMasked() const { return m_isMasked; }

  /// Calls visit(first, count) for each run of adjacent tokens that are seen among the first `tokens`, in
  /// order.
  template <typename Visit>
  void forEachRun(std::uint32_t tokens, Visit visit) const {
    if (!m_isMasked) {
      if (tokens != 0) visit(0u, tokens);
      return;
    }
    const std::uint32_t blocks = pim_ceil_div(tokens, PIM_MASK_TOKENS);
    for (std::uint32_t block = 0; block < blocks; ++block) {
      if (!keeps(block)) continue;
      const std::uint32_t first = block;
      while (block + 1 < blocks && keeps(block + 1)) ++block;
      const std::uint32_t end = std::min<std::uint32_t>((block + 1) * PIM_MASK_TOKENS, tokens);
      visit(first * PIM_MASK_TOKENS, end - first * PIM_MASK_TOKENS);
    }
  }

  /// Returns how many of the first `tokens` are seen.
  std::uint32_t count(std::uint32_t tokens) const {
    std::uint32_t seen = 0;
    forEachRun(tokens, [&](std::uint32_t, std::uint32_t run) { seen += run; });
    return seen;
  }

 private:
  bool keeps(std::uint32_t block) const {
    if (block >= m_attention.mask_blocks) return true;
    const std::uint32_t words[PIM_MASK_WORDS] = {m_attention.mask0, m_attention.mask1, m_attention.mask2,
                                                 m_attention.mask3, m_attention.mask4, m_attention.mask5,
                                                 m_attention.mask6, m_attention.mask7};
    return (words[block / 32] >> block % 32 & 1) != 0;
  }

  bool m_isMasked;
  const pim_attention& m_attention;
};

}  // namespace pim
