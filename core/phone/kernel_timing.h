#pragma once

#include "core/phone/kernels.h"

namespace pim::phone {

/// A tiling of the matrix times matrix kernels: so many tokens share one pass over the weights.
struct GemmTile {
  std::uint32_t tokens{};
  double operationsPerSecond{};
};

struct GpuParameters {
  double bytesPerSecond{};       ///< of DRAM as a kernel gets it
  double operationsPerSecond{};  ///< of kernels that are no matrix
  double launchSeconds{};
  double syncSeconds{};  ///< once per token or prefill
  GemmTile small, big;
};

class KernelTiming {
 public:
  explicit KernelTiming(const GpuParameters& parameters) : m_gpu(parameters) {}

  /// Without its launch.
  double seconds(const Kernel& kernel) const;
  double seconds(const PrefillKernel& kernel, std::uint32_t tokens) const;

  /// A matrix of so many bytes and operations per token, times `tokens` vectors.
  double gemmSeconds(const GemmTile& tile, double weightBytes, double operationsPerToken,
                     std::uint32_t tokens) const;
  /// The smallest number of tokens with which the big tile is the faster one. 0: none up to the big tile.
  std::uint32_t crossover(double weightBytes, double operationsPerToken) const;
  /// Tokens from which computing takes longer than reading the weights, at that rate.
  double ridge(const GemmTile& tile, double weightBytes, double operationsPerToken) const;

 private:
  GpuParameters m_gpu;
};

}  // namespace pim::phone
