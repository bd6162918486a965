#include "core/phone/kernel_timing.h"

#include <algorithm>

namespace pim::phone {

double KernelTiming::seconds(const Kernel& kernel) const {
  return std::max(kernel.bytes / m_gpu.bytesPerSecond, kernel.operations / m_gpu.operationsPerSecond);
}

double KernelTiming::seconds(const PrefillKernel& kernel, std::uint32_t tokens) const {
  if (kernel.weightBytes == 0) return seconds(kernel.kernel);
  return std::min(gemmSeconds(m_gpu.small, kernel.weightBytes, kernel.operationsPerToken, tokens),
                  gemmSeconds(m_gpu.big, kernel.weightBytes, kernel.operationsPerToken, tokens));
}

double KernelTiming::gemmSeconds(const GemmTile& tile, double weightBytes, double operationsPerToken,
                                 std::uint32_t tokens) const {
  const std::uint32_t passes = (tokens + tile.tokens - 1) / tile.tokens;
  return passes * std::max(weightBytes / m_gpu.bytesPerSecond,
                           operationsPerToken * tile.tokens / tile.operationsPerSecond);
}

std::uint32_t KernelTiming::crossover(double weightBytes, double operationsPerToken) const {
  for (std::uint32_t tokens = 1; tokens <= m_gpu.big.tokens; ++tokens) {
    if (gemmSeconds(m_gpu.big, weightBytes, operationsPerToken, tokens) <
        gemmSeconds(m_gpu.small, weightBytes, operationsPerToken, tokens))
      return tokens;
  }
  return 0;
}

double KernelTiming::ridge(const GemmTile& tile, double weightBytes, double operationsPerToken) const {
  return tile.operationsPerSecond / m_gpu.bytesPerSecond * weightBytes / operationsPerToken;
}

}  // namespace pim::phone
