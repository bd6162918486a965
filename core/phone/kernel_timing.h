#pragma once

#include "core/phone/kernels.h"

namespace pim::phone {

/// A tiling of the matrix-matrix kernels: the number of tokens that share one pass over the weights.
struct GemmTile {
  std::uint32_t tokens{};
  double operationsPerSecond{};
};

struct GpuParameters {
  double bytesPerSecond{};       ///< of DRAM, as far as a kernel reaches it
  double operationsPerSecond{};  ///< of kernels other than matrices
  double launchSeconds{};
  double syncSeconds{};  ///< once per token or prefill
  GemmTile small, big;
};

class KernelTiming {
 public:
  explicit KernelTiming(const GpuParameters& parameters) : m_gpu(parameters) {}

  /// Returns the time of a kernel without its launch.
  double seconds(const Kernel& kernel) const;
  double seconds(const PrefillKernel& kernel, std::uint32_t tokens) const;

  /// Returns the time of a matrix with these bytes and operations per token, times `tokens` vectors.
  double gemmSeconds(const GemmTile& tile, double weightBytes, double operationsPerToken,
                     std::uint32_t tokens) const;
  /// Returns the smallest number of tokens for which the big tile is faster; 0: none up to the big tile.
  std::uint32_t crossover(double weightBytes, double operationsPerToken) const;
  /// Returns the number of tokens from which on the computation takes longer than reading the weights.
  double ridge(const GemmTile& tile, double weightBytes, double operationsPerToken) const;

 private:
  GpuParameters m_gpu;
};

}  // namespace pim::phone
