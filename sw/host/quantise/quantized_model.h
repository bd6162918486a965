#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/fixed_point.h"
#include "core/base/model_shape.h"
#include "core/formats/model_formats.h"
#include "core/formats/weight_row.h"

/// A model in the numbers of the chip (docs/numerics.md), not yet distributed over banks. Checkpoint readers
/// make it; the packer and the reference evaluation use it.
namespace pim::host {

/// Provides the rows of a matrix: from a mapped file, from a checkpoint that is converted row by row, or from
/// a generator. A matrix need not exist in memory as a whole. May be called from several threads.
class WeightRows {
 public:
  virtual ~WeightRows() = default;

  /// Returns row `index`, packed as one K tile (weightRowBytes(k, format) bytes). The pointer refers to
  /// memory of the source, valid as long as the source lives, or to `scratch`, which has room for a row.
  virtual const std::uint8_t* row(std::uint32_t index, std::uint8_t* scratch) const = 0;

  /// Announces that the rows are not needed for now. The memory of a mapped file is released until the next
  /// access.
  virtual void release() const {}
};

struct QuantizedMatrix {
  std::uint32_t rows = 0;
  std::uint32_t k = 0;  ///< a multiple of format.group
  WeightFormat format;
  int weightExponent = 0;  ///< wexp: w = (code - zero) * scale * 2^wexp
  std::shared_ptr<const WeightRows> source;

  std::uint32_t rowBytes() const { return weightRowBytes(k, format); }
  /// Returns row `index`; may use scratch[rowBytes()].
  WeightRowView view(std::uint32_t index, std::uint8_t* scratch) const {
    return WeightRowView(source->row(index, scratch), k, format);
  }
};

/// q, k and v share one weightExponent, and so do gate and up; fused and separate matrices therefore give the
/// same bits.
struct QuantizedLayer {
  QuantizedMatrix q, k, v, output, gate, up, down;
  std::vector<Q16> attentionGain;  ///< [hidden]
  std::vector<Q16> mlpGain;        ///< [hidden]
};

struct QuantizedModel {
  ModelShape shape;
  ModelFormats formats;       ///< of its matrices
  QuantizedMatrix embedding;  ///< vocab x hidden
  std::vector<QuantizedLayer> layers;
  std::vector<Q16> finalGain;  ///< [hidden]
  QuantizedMatrix head;        ///< vocab x hidden; the embedding itself when shape.tiedEmbeddings
  std::vector<std::uint32_t> ropeFrequencies;  ///< [headDim / 2], turns per position in Q32
  std::vector<std::uint32_t> eosTokens;        ///< ids that end a generation; at most PIM_MAX_EOS
};

/// eps32 of docs/numerics.md: round(epsilon * 2^32), at least 1.
std::uint32_t normEpsilon(const ModelShape& shape);

/// A matrix that owns packed rows, rows * rowBytes() bytes one after another.
std::shared_ptr<const WeightRows> ownedRows(std::vector<std::uint8_t> packed, std::uint32_t rowBytes);

/// A matrix whose packed rows lie in memory that `owner` keeps alive (a mapped file).
std::shared_ptr<const WeightRows> mappedRows(std::shared_ptr<const void> owner, const std::uint8_t* first,
                                             std::uint32_t rowBytes);

}  // namespace pim::host
