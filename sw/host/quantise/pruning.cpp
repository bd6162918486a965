#include "sw/host/quantise/pruning.h"

namespace pim::host {

std::uint32_t Pruning::keptOf(const float* scores) const {
  std::uint32_t mask = 0;
  for (std::uint32_t n = 0; n < m_kept; ++n) {
    std::uint32_t best = kSparseBlock;
    for (std::uint32_t i = 0; i < kSparseBlock; ++i) {
      if ((mask >> i & 1) != 0) continue;
      if (best == kSparseBlock || scores[i] > scores[best]) best = i;
    }
    mask |= 1u << best;
  }
  return mask;
}

}  // namespace pim::host
