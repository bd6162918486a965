#pragma once

#include <cstdint>

#include "core/formats/weight_format.h"

namespace pim::host {

/// Chooses the weights that an N:M matrix drops: all except the `kept` ones with the highest scores in each
/// block of kSparseBlock neighbours. Of equal scores, the lower index is kept.
class Pruning {
 public:
  explicit Pruning(std::uint32_t kept) : m_kept(kept) {}

  /// Calls drop(i) for each dropped element of scores[count]; count is a multiple of kSparseBlock.
  template <typename Drop>
  void apply(const float* scores, std::uint32_t count, Drop drop) const;

 private:
  /// One bit for each kept element of a block.
  std::uint32_t keptOf(const float* scores) const;

  std::uint32_t m_kept;
};

template <typename Drop>
void Pruning::apply(const float* scores, std::uint32_t count, Drop drop) const {
  for (std::uint32_t first = 0; first < count; first += kSparseBlock) {
    const std::uint32_t kept = keptOf(scores + first);
    for (std::uint32_t i = 0; i < kSparseBlock; ++i)
      if ((kept >> i & 1) == 0) drop(first + i);
  }
}

}  // namespace pim::host
