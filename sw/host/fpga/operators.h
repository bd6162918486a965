#pragma once

#include "core/base/model_shape.h"
#include "sw/host/fpga/compiler.h"
#include "sw/host/fpga/emitter.h"

namespace pim::host::fpga {

/// The MISC operation on a linear operator's results as they arrive.
enum class Fused : std::uint8_t { Nothing, Elementwise, Rope, Silu };

/// A matrix with the operations fused to it.
struct Linear {
  std::uint32_t outputs{};
  std::uint32_t inputs{};
  double density = 1;
  bool bias = false;
  Fused fused = Fused::Nothing;

  double biasBytes() const { return bias ? 4.0 * outputs : 0; }  ///< 32 bits each
};

constexpr std::uint32_t blocksOf(std::uint64_t elements) {
  return static_cast<std::uint32_t>((elements + pim::fpga::kBlock - 1) / pim::fpga::kBlock);
}
template <typename T>
constexpr T divideUp(T value, T by) {
  return (value + by - 1) / by;
}

/// Size of the pieces of K, in blocks, of which at least two fit into a buffer, and the number of pieces in
/// flight.
struct Pieces {
  std::vector<std::uint32_t> blocks;
  std::uint32_t depth{};
};
/// Cuts K into the fewest equal pieces (and a remainder) of which two fit into the buffers. `addresses`:
/// addresses of the weight buffer; a dense block of a piece takes `perBlock` of them. `wholeLine`: addresses
/// for all of K, with everything that one instruction reads.
Pieces cutIntoPieces(std::uint32_t blocks, std::uint32_t addresses, std::uint32_t perBlock,
                     std::uint64_t wholeLine, std::uint32_t metaAddresses, const char* bufferKey);

/// Returns the bytes of `weights` weights of a matrix, including the index of the kept ones.
double weightBytes(double weights, double density, const CompilerOptions& options);

// Each function emits one operator, without the tokens that Emitter::finish() adds.

void normOperator(Emitter& emitter, std::uint32_t rows, std::uint32_t elements,
                  const CompilerOptions& options);

void linearMv(Emitter& emitter, const Linear& linear, const CompilerOptions& options);
void concatMv(Emitter& emitter, std::uint64_t cachedElements, const CompilerOptions& options);
/// Emits the scores: q of each head times its K, and their softmax.
void scoreMv(Emitter& emitter, const ModelShape& shape, std::uint32_t context,
             const CompilerOptions& options);
/// Emits the product of each head's softmax weights and its V.
void contextMv(Emitter& emitter, const ModelShape& shape, std::uint32_t context,
               const CompilerOptions& options);

/// The mask of one layer.
struct LayerMask {
  const AttentionMask& mask;
  std::uint32_t layer;
};
void linearMm(Emitter& emitter, std::uint32_t rows, const Linear& linear, const CompilerOptions& options);
void scoreMm(Emitter& emitter, const ModelShape& shape, std::uint32_t rows, const LayerMask& mask,
             const CompilerOptions& options);
void contextMm(Emitter& emitter, const ModelShape& shape, std::uint32_t rows, const LayerMask& mask,
               const CompilerOptions& options);

}  // namespace pim::host::fpga
