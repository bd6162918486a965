#pragma once

#include <cstdint>

#include "core/formats/weight_format.h"

namespace pim::host {

/// Which weights an N:M matrix drops: all but the `kept` of the highest score in each block of kSparseBlock
/// neighbours; of equal scores the lower index stays.
class Pruning {
 public:
  explicit Pruning(std::uint32_t kept) : m_kept(kept) {}

  /// Calls drop(i) for each dropped one of scores[count], count a multiple of kSparseBlock.
  template <typename Drop>
  void apply(const float* scores, std::uint32_t count, Drop drop) const;

 private:
  /// A bit for each kept one of a block.
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
