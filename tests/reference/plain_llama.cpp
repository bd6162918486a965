#include "tests/reference/plain_llama.h"

#include <cstring>
#include <limits>

#include "abi/pim_layout.h"
#include "core/arith/attention.h"
#include "core/arith/elementwise.h"
#include "core/arith/mac.h"
#include "core/arith/rmsnorm.h"
#include "core/arith/rope.h"
#include "core/arith/silu.h"
#include "core/arith/softmax.h"

namespace pim::reference {

WeightRowView PlainLlama::Matrix::row(std::uint32_t index) const {
  return WeightRowView(bytes.data() + std::size_t{index} * weightRowBytes(k, format), k, format);
}

PlainLlama::Matrix PlainLlama::unpack(const host::QuantizedMatrix& matrix) {
  const std::size_t rowBytes = matrix.rowBytes();
  Matrix out{matrix.rows, matrix.k, matrix.format, matrix.weightExponent, {}};
  out.bytes.resize(matrix.rows * rowBytes);
  std::vector<std::uint8_t> scratch(rowBytes);
  for (std::uint32_t r = 0; r < matrix.rows; ++r)
    std::memcpy(&out.bytes[r * rowBytes], matrix.source->row(r, scratch.data()), rowBytes);
  return out;
}

PlainLlama::PlainLlama(const host::QuantizedModel& model, KvFormat kv, std::uint32_t activationBits)
    : m_shape(model.shape),
      m_frequencies(model.ropeFrequencies),
      m_kv(kv),
      m_activation{model.embedding.format.group, activationBits},
      m_embedding(unpack(model.embedding)),
      m_head(unpack(model.head)),
      m_finalGain(model.finalGain),
      m_epsilon(host::normEpsilon(model.shape)) {
  for (const host::QuantizedLayer& l : model.layers)
    m_layers.push_back({unpack(l.q), unpack(l.k), unpack(l.v), unpack(l.output), unpack(l.gate), unpack(l.up),
                        unpack(l.down), l.attentionGain, l.mlpGain,
                        std::vector<std::vector<std::uint8_t>>(m_shape.kvHeads),
                        std::vector<std::vector<std::uint8_t>>(m_shape.kvHeads)});
}

std::vector<std::uint8_t> PlainLlama::quantise(const std::vector<Q16>& x) const {
  const auto n = static_cast<std::uint32_t>(x.size());
  std::vector<std::uint8_t> record(activationRecordBytes(n, m_activation));
  writeRecord(x.data(), n, m_activation, chooseScale(x.data(), n, m_activation), record.data());
  return record;
}

std::vector<std::uint8_t> PlainLlama::normalise(const std::vector<Q16>& x,
                                                const std::vector<Q16>& gain) const {
  std::vector<Q16> y(x.size());
  rmsNorm(x.data(), gain.data(), static_cast<std::uint32_t>(x.size()), m_epsilon, y.data());
  return quantise(y);
}

std::vector<Q16> PlainLlama::multiply(const Matrix& matrix, const std::vector<std::uint8_t>& record) const {
  const ActivationView x(record.data(), matrix.k, m_activation);
  std::vector<Q16> y;
  for (std::uint32_t r = 0; r < matrix.rows; ++r)
    y.push_back(macResult(macRow(matrix.row(r), x), x.base(), matrix.weightExponent));
  return y;
}

void PlainLlama::remember(Layer& layer, std::vector<Q16>& key, const std::vector<Q16>& value) {
  const std::uint32_t dim = m_shape.headDim;
  const std::uint32_t bytes = pim_kv_region_bytes(m_position + 1, dim, m_kv.bits);
  std::vector<std::uint8_t> record(kvRecordBytes(dim, m_kv));
  for (std::uint32_t h = 0; h < m_shape.kvHeads; ++h) {
    rotateHead(&key[h * dim], dim, m_position, m_frequencies.data());
    layer.keys[h].resize(bytes);
    layer.values[h].resize(bytes);
    encodeKvRecord(&key[h * dim], dim, m_kv, record.data());
    appendToken(layer.keys[h].data(), m_position, dim, m_kv, record.data());
    encodeKvRecord(&value[h * dim], dim, m_kv, record.data());
    appendToken(layer.values[h].data(), m_position, dim, m_kv, record.data());
  }
}

std::vector<Q16> PlainLlama::attend(Layer& layer, const std::vector<std::uint8_t>& record) {
  const std::uint32_t dim = m_shape.headDim, tokens = m_position + 1;
  std::vector<Q16> query = multiply(layer.q, record), key = multiply(layer.k, record);
  remember(layer, key, multiply(layer.v, record));

  const CacheShape cache{dim, m_kv};
  std::vector<Q16> out;
  std::vector<std::uint8_t> queryRecord(pim_query_record_bytes(1, dim));
  std::vector<std::int32_t> scores(tokens);
  std::vector<std::uint16_t> probabilities(tokens);
  for (std::uint32_t h = 0; h < m_shape.heads; ++h) {
    const std::uint32_t kvHead = h / m_shape.headsPerKvHead();
    rotateHead(&query[h * dim], dim, m_position, m_frequencies.data());
    encodeQueryRecord(&query[h * dim], 1, dim, queryRecord.data());
    scoreRow(QueryView(queryRecord.data(), 1, dim, 0), layer.keys[kvHead].data(), tokens, cache,
             scoreScale(dim), scores.data());
    const auto layerIndex = static_cast<std::uint32_t>(&layer - m_layers.data());
    for (std::uint32_t t = 0; m_sees && t < tokens; ++t)
      if (!m_sees(layerIndex, m_position, t)) scores[t] = std::numeric_limits<std::int32_t>::min();
    softmax(scores.data(), tokens, probabilities.data());
    std::vector<std::int64_t> sums(dim);
    pvAccumulate(probabilities.data(), layer.values[kvHead].data(), tokens, cache, sums.data());
    for (const std::int64_t sum : sums) out.push_back(pvResult(sum, m_kv));
  }
  return multiply(layer.output, quantise(out));
}

std::vector<Q16> PlainLlama::feedForward(const Layer& layer, const std::vector<std::uint8_t>& record) const {
  std::vector<Q16> gate = multiply(layer.gate, record);
  const std::vector<Q16> up = multiply(layer.up, record);
  siluMul(gate.data(), up.data(), m_shape.mlp, gate.data());
  return multiply(layer.down, quantise(gate));
}

std::vector<Q16> PlainLlama::step(std::uint32_t token) {
  std::vector<Q16> x(m_shape.hidden);
  dequantiseRow(m_embedding.row(token), m_embedding.weightExponent, x.data());
  for (Layer& layer : m_layers) {
    const std::vector<Q16> attention = attend(layer, normalise(x, layer.attentionGain));
    addResidual(x.data(), attention.data(), m_shape.hidden);
    const std::vector<Q16> mlp = feedForward(layer, normalise(x, layer.mlpGain));
    addResidual(x.data(), mlp.data(), m_shape.hidden);
  }
  ++m_position;
  return multiply(m_head, normalise(x, m_finalGain));
}

}  // namespace pim::reference
