#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/formats/model_formats.h"
#include "sw/host/checkpoint/checkpoint.h"

namespace pim::host {

/// The root mean square of each input of the matrices over a text. Pruning multiplies the magnitude of a
/// weight by it.
class InputScales {
 public:
  InputScales() = default;
  explicit InputScales(std::uint32_t layers) : m_layers(layers) {}

  bool isEmpty() const { return m_layers.empty() && m_head.empty(); }
  /// [inputs of the matrix]; null where there was no text. Matrices with the same input have the same scales.
  const std::vector<float>* of(MatrixKind kind, std::uint32_t layer) const;
  void set(MatrixKind kind, std::uint32_t layer, std::vector<float> scales);

 private:
  enum Input : std::size_t { kAttention, kOutput, kMlp, kDown, kInputs };
  static Input inputOf(MatrixKind kind);

  std::vector<std::array<std::vector<float>, kInputs>> m_layers;
  std::vector<float> m_head;
};

/// Evaluates the model in floats over one sequence of tokens and measures the inputs of its matrices.
InputScales measureInputs(const Checkpoint& checkpoint, const std::vector<std::uint32_t>& tokens);

}  // namespace pim::host
