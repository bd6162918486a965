#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/model_shape.h"
#include "sw/host/checkpoint/rope_frequencies.h"
#include "sw/host/checkpoint/tensor_format.h"

namespace pim::host {

/// The purpose of a tensor, independent of its name in the file.
enum class TensorRole {
  TokenEmbedding,
  OutputNorm,
  Output,  // of the model
  AttentionNorm,
  Query,
  Key,
  Value,
  AttentionOutput,
  MlpNorm,
  Gate,
  Up,
  Down  // of a layer
};
std::string_view roleName(TensorRole role);

/// The three tensors of an AWQ matrix of `rows` outputs and `columns` inputs, all stored input-major: codes
/// int32[columns][rows / 8], zeros int32[columns / group][rows / 8], scales fp16[columns / group][rows]. An
/// int32 holds eight outputs in the nibble order 0, 2, 4, 6, 1, 3, 5, 7. w = (q - z) * scale.
struct AwqTensors {
  const uint8_t* codes = nullptr;
  const uint8_t* zeros = nullptr;
  const uint8_t* scales = nullptr;
  uint32_t group = 0;

  uint32_t code(uint64_t rows, uint64_t row, uint64_t column) const {
    return nibble(codes, rows, row, column);
  }
  uint32_t zero(uint64_t rows, uint64_t row, uint64_t group_) const {
    return nibble(zeros, rows, row, group_);
  }
  float scale(uint64_t rows, uint64_t row, uint64_t group_) const;

 private:
  static uint32_t nibble(const uint8_t* words, uint64_t rows, uint64_t row, uint64_t column);
};

/// A matrix with two nonzero values of each four neighbours along the inputs, in the format of
/// compressed-tensors (sparse-24-bitmask): those values [rows][columns / 2], and one bit per element,
/// [rows][columns / 8], element 0 in the lowest bit.
struct Sparse24Tensors {
  const uint8_t* values = nullptr;
  const uint8_t* bits = nullptr;
  TensorType type = TensorType::F32;  ///< of the values: F32, F16 or BF16

  /// Reads row `row` as `columns` floats.
  void readRow(uint64_t row, uint64_t columns, float* out) const;
};

/// A matrix (rows = outputs, columns = inputs) or a vector (one row), read in place from the mapped file.
struct TensorView {
  std::string name;
  TensorType type = TensorType::F32;
  uint64_t rows = 0;
  uint64_t columns = 0;
  const uint8_t* data = nullptr;  ///< row after row; unused for Awq4, Sparse24
  bool mapped = false;            ///< data lies in a mapped file
  AwqTensors awq;
  Sparse24Tensors sparse24;
  /// Head size by which rows are reordered when read; 0: stored order. Hugging Face stores the rotary pairs
  /// of a head as two halves, the chip expects the two elements of a pair as neighbours.
  uint32_t halfSplitHead = 0;

  /// Returns the row of the file that holds row `row` of the matrix.
  uint64_t storedRow(uint64_t row) const;
  /// Returns the start of row `row` (not for Awq4, Sparse24).
  const uint8_t* rowData(uint64_t row) const;
  /// Reads row `row` as `columns` floats.
  void readRow(uint64_t row, float* out) const;
  /// Returns the common name of the type: "Q4_0", "AWQ", "2:4".
  std::string typeName() const;
};

/// A model as its files store it: the shape, and every tensor by role and layer. Tensors are read through the
/// memory map, not copied.
class Checkpoint {
 public:
  Checkpoint(std::string source, ModelShape shape);

  const std::string& source() const { return m_source; }
  const ModelShape& shape() const { return m_shape; }
  /// Returns the phase steps of docs/numerics.md, computed from the RoPE base and scaling in the metadata.
  std::vector<uint32_t> ropeFrequencyTable() const;
  /// Returns a tensor; layer 0 for tensors of the whole model. With tied embeddings, Output returns
  /// TokenEmbedding.
  const TensorView& tensor(TensorRole role, uint32_t layer = 0) const;
  /// Notices to the user about how the files were read, one line each.
  const std::vector<std::string>& notices() const { return m_notices; }

  /// Tokens that end a text, according to the files beside the weights; empty if they name none.
  const std::vector<uint32_t>& endTokens() const { return m_endTokens; }

  void setRope(const RopeScaling& scaling);
  /// Sets a factor per rotary pair: pair j turns factors[j] times slower (GGUF's tensor rope_freqs.weight).
  /// Replaces the scaling.
  void setRopeFactors(std::vector<float> factors);
  void setEndTokens(std::vector<uint32_t> ids) { m_endTokens = std::move(ids); }
  void addNotice(std::string line) { m_notices.push_back(std::move(line)); }
  void add(TensorRole role, uint32_t layer, TensorView tensor);
  void keepAlive(std::shared_ptr<const void> owner) { m_owners.push_back(std::move(owner)); }
  /// Throws a UserError unless every tensor of the shape exists with the right rows and columns.
  void checkComplete() const;

 private:
  void check(TensorRole role, uint32_t layer, uint64_t rows, uint64_t columns) const;

  std::string m_source;
  ModelShape m_shape;
  RopeScaling m_rope;
  std::vector<float> m_ropeFactors;
  std::vector<uint32_t> m_endTokens;
  std::map<std::pair<TensorRole, uint32_t>, TensorView> m_tensors;
  std::vector<std::string> m_notices;
  std::vector<std::shared_ptr<const void>> m_owners;
};

/// Throws a UserError unless the numbers of a shape are consistent; `source` names the file.
void checkShape(const ModelShape& shape, const std::string& source);

/// Opens a checkpoint: GGUF, recognised by its magic; a folder, a .safetensors file or an index .json of
/// Hugging Face; a legacy .bin of llama2.c. UserError names file, key and expectation.
Checkpoint loadCheckpoint(const std::string& path);

}  // namespace pim::host
