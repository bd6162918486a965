#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/arith/activation.h"
#include "core/formats/kv_cache.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::reference {

/// docs/numerics.md read aloud: a whole LLaMA, token after token, in straight lines. No chip, no tiles, no
/// banks. What any mapping of the simulated chip computes must be these bits.
class PlainLlama {
 public:
  PlainLlama(const host::QuantizedModel& model, KvFormat kv, std::uint32_t activationBits);

  /// Takes the next token of the sequence and returns the logits [vocab] after it, Q16.
  std::vector<Q16> step(std::uint32_t token);

  std::uint32_t position() const { return m_position; }

  /// Whether the query at `query` sees the token at `key` in a layer. What it does not see has a score of
  /// minus infinity.
  using Sees = std::function<bool(std::uint32_t layer, std::uint32_t query, std::uint32_t key)>;
  void setMask(Sees sees) { m_sees = std::move(sees); }

 private:
  struct Matrix {
    std::uint32_t rows, k;
    WeightFormat format;
    int weightExponent;
    std::vector<std::uint8_t> bytes;
    WeightRowView row(std::uint32_t index) const;
  };
  struct Layer {
    Matrix q, k, v, output, gate, up, down;
    std::vector<Q16> attentionGain, mlpGain;
    std::vector<std::vector<std::uint8_t>> keys, values;  ///< a cache region a KV head
  };

  static Matrix unpack(const host::QuantizedMatrix& matrix);
  std::vector<std::uint8_t> quantise(const std::vector<Q16>& x) const;
  std::vector<std::uint8_t> normalise(const std::vector<Q16>& x, const std::vector<Q16>& gain) const;
  std::vector<Q16> multiply(const Matrix& matrix, const std::vector<std::uint8_t>& record) const;
  void remember(Layer& layer, std::vector<Q16>& key, const std::vector<Q16>& value);
  std::vector<Q16> attend(Layer& layer, const std::vector<std::uint8_t>& record);
  std::vector<Q16> feedForward(const Layer& layer, const std::vector<std::uint8_t>& record) const;

  ModelShape m_shape;
  std::vector<std::uint32_t> m_frequencies;
  KvFormat m_kv;
  ActivationFormat m_activation;
  Matrix m_embedding, m_head;
  std::vector<Layer> m_layers;
  std::vector<Q16> m_finalGain;
  std::uint32_t m_epsilon;
  std::uint32_t m_position = 0;
  Sees m_sees;
};

}  // namespace pim::reference
