#pragma once

#include <cstdint>
#include <string>

namespace pim {

/// The shape of a LLaMA-like model, from platform/models/*.yaml or from a checkpoint. Matrices are rows x
/// inputs: q hidden x hidden, k and v kvWidth() x hidden, output hidden x hidden, gate and up mlp x hidden,
/// down hidden x mlp, head vocab x hidden.
struct ModelShape {
  std::string name;
  std::uint32_t layers{};
  std::uint32_t hidden{};   ///< elements of the residual stream
  std::uint32_t heads{};    ///< query heads
  std::uint32_t kvHeads{};  ///< key/value heads; divides heads
  std::uint32_t headDim{};  ///< elements of a head; even
  std::uint32_t mlp{};      ///< inner elements of the feed-forward block
  std::uint32_t vocab{};    ///< tokens
  std::uint32_t context{};  ///< longest sequence the model was made for, in tokens
  double ropeTheta{};       ///< base of the rotary frequencies
  double rmsEpsilon{};      ///< added to the mean square
  bool tiedEmbeddings{};    ///< the head uses the input embedding's table

  std::uint32_t queryWidth() const { return heads * headDim; }
  std::uint32_t kvWidth() const { return kvHeads * headDim; }
  std::uint32_t headsPerKvHead() const { return heads / kvHeads; }

  /// The same shape with the rows of `down` padded with zeros to whole groups of weights. No result changes.
  ModelShape paddedTo(std::uint32_t group) const {
    ModelShape padded = *this;
    if (group == 0) return padded;  // for machines without groups
    padded.mlp = (mlp + group - 1) / group * group;
    return padded;
  }

  /// Number of weights that every decode token reads: all
  /// matrices and the head, without input embedding and gains.
  std::uint64_t matrixWeights() const {
    const std::uint64_t attention = 2ULL * hidden * queryWidth() + 2ULL * hidden * kvWidth();
    return layers * (attention + 3ULL * hidden * mlp) + std::uint64_t{vocab} * hidden;
  }
};

}  // namespace pim
