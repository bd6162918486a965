#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/model_shape.h"

namespace pim::phone {

/// One launch of the GPU. Its time follows from bytes and operations alone, so there is no SystemC module.
struct Kernel {
  const char* name;
  double bytes;       ///< read and written in DRAM
  double operations;  ///< multiplications and additions
};

/// Kernels that are fused to one.
struct Fusions {
  bool residualNorm{};  ///< an addition to the residual stream and the norm behind it
  bool qkv{};           ///< the q, k and v projections
  bool attention{};     ///< rotations, scores, scale, softmax and the weighting of V
};

/// The storage format of the model. Activations have 16 bits.
struct Storage {
  std::uint32_t weightBits{};
  std::uint32_t groupBits{};  ///< scale and zero point of a group
  std::uint32_t group{};
  std::uint32_t kvBits{};

  double weightBytes(double weights) const {
    return weights * (weightBits + static_cast<double>(groupBits) / group) / 8;
  }
};

/// Returns the kernels of a decode step whose attention sees `context` tokens, in the order in which they
/// run.
std::vector<Kernel> decodeKernels(const ModelShape& shape, const Storage& storage, const Fusions& fusions,
                                  std::uint32_t context);

/// A matrix times several vectors at once, whose time depends on its tiles; or any other kernel.
struct PrefillKernel {
  Kernel kernel;
  double weightBytes = 0;  ///< of the matrix; 0 for other kernels
  double operationsPerToken = 0;
};
std::vector<PrefillKernel> prefillKernels(const ModelShape& shape, const Storage& storage,
                                          const Fusions& fusions, std::uint32_t tokens);

/// Returns the bytes of the model in memory: the matrices as stored, the input embedding with 16 bits.
double modelBytes(const ModelShape& shape, const Storage& storage);

}  // namespace pim::phone
