#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/fixed_point.h"
#include "core/base/model_shape.h"
#include "core/formats/model_formats.h"
#include "core/formats/weight_row.h"

/// A model in the numbers of the chip (docs/numerics.md), before it is laid out over banks: what checkpoint
/// readers make and the packer and the reference evaluation take.
namespace pim::host {

/// Where the rows of a matrix come from: a mapped file that holds them, a checkpoint that is converted row by
/// row, a generator. No matrix need ever exist as a whole. Safe to call from several threads.
class WeightRows {
 public:
  virtual ~WeightRows() = default;

  /// Row `index` packed as one K tile (weightRowBytes(k, format) bytes). Points into the source's own memory,
  /// valid as long as it lives, or to `scratch`, which has room for a row and was then filled.
  virtual const std::uint8_t* row(std::uint32_t index, std::uint8_t* scratch) const = 0;

  /// The rows are not needed for now: a mapped file's memory is given back until they are.
  virtual void release() const {}
};

struct QuantizedMatrix {
  std::uint32_t rows = 0;
  std::uint32_t k = 0;  ///< a multiple of format.group
  WeightFormat format;
  int weightExponent = 0;  ///< wexp: w = (code - zero) * scale * 2^wexp
  std::shared_ptr<const WeightRows> source;

  std::uint32_t rowBytes() const { return weightRowBytes(k, format); }
  /// Row `index`; scratch[rowBytes()] may or may not be used.
  WeightRowView view(std::uint32_t index, std::uint8_t* scratch) const {
    return WeightRowView(source->row(index, scratch), k, format);
  }
};

/// q, k and v share one weightExponent, and so do gate and up: fused or separate, the bits are the same.
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
