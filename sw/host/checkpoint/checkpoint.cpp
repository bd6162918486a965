#include "sw/host/checkpoint/checkpoint.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/base/error.h"
#include "core/base/printable.h"
#include "sw/host/checkpoint/byte_reader.h"
#include "sw/host/checkpoint/half_float.h"

namespace pim::host {
namespace {

// Larger than in any model, and small enough that the product of two dimensions fits into 64 bits.
constexpr uint32_t kMaxDimension = 1u << 24;

}  // namespace

std::string_view roleName(TensorRole role) {
  constexpr std::array<std::string_view, 12> kNames = {
      "token embedding", "output norm",      "output",   "attention norm", "query", "key",
      "value",           "attention output", "mlp norm", "gate",           "up",    "down"};
  return kNames.at(static_cast<size_t>(role));
}

uint32_t AwqTensors::nibble(const uint8_t* words, uint64_t rows, uint64_t row, uint64_t column) {
  constexpr std::array<uint32_t, 8> kPlace = {0, 4, 1, 5, 2, 6, 3, 7};  // inverts 0, 2, 4, 6, 1, 3, 5, 7
  const auto word = loadLittle<uint32_t>(words + (column * (rows / 8) + row / 8) * 4);
  return (word >> (4 * kPlace[row % 8])) & 15u;
}

float AwqTensors::scale(uint64_t rows, uint64_t row, uint64_t group_) const {
  return halfToFloat(loadLittle<uint16_t>(scales + (group_ * rows + row) * 2));
}

void Sparse24Tensors::readRow(uint64_t row, uint64_t columns, float* out) const {
  const uint64_t stored = columns / 2;
  // Reads the values into the upper half of the row and moves them up to their places, in an order that never
  // overwrites a value that is still to be moved.
  float* const kept = out + (columns - stored);
  dequantize(type, values + row * stored * tensorFormat(type).blockBytes, stored, kept);
  const uint8_t* mask = bits + row * (columns / 8);
  for (uint64_t i = 0, next = 0; i < columns; ++i)
    out[i] = (mask[i / 8] >> (i % 8) & 1u) != 0 ? kept[next++] : 0.0f;
}

uint64_t TensorView::storedRow(uint64_t row) const {
  if (halfSplitHead == 0) return row;
  const uint64_t head = row / halfSplitHead, element = row % halfSplitHead;
  return head * halfSplitHead + element % 2 * (halfSplitHead / 2) + element / 2;
}

const uint8_t* TensorView::rowData(uint64_t row) const {
  const TensorFormat& format = tensorFormat(type);
  return data + storedRow(row) * (columns / format.blockElements * format.blockBytes);
}

void TensorView::readRow(uint64_t row, float* out) const {
  if (type == TensorType::Sparse24) return sparse24.readRow(storedRow(row), columns, out);
  if (type != TensorType::Awq4) return dequantize(type, rowData(row), columns, out);
  const uint64_t stored = storedRow(row);
  for (uint64_t i = 0; i < columns; ++i) {
    const uint64_t g = i / awq.group;
    const auto code = static_cast<int>(awq.code(rows, stored, i)),
               zero = static_cast<int>(awq.zero(rows, stored, g));
    out[i] = static_cast<float>(code - zero) * awq.scale(rows, stored, g);
  }
}

std::string TensorView::typeName() const {
  if (type == TensorType::Awq4) return "AWQ";
  if (type == TensorType::Sparse24) return "2:4";
  return std::string(tensorFormat(type).name);
}

Checkpoint::Checkpoint(std::string source, ModelShape shape)
    : m_source(std::move(source)), m_shape(std::move(shape)) {
  if (!isPrintable(m_shape.name)) m_shape.name = printable(m_shape.name);
  checkShape(m_shape, m_source);
}

void Checkpoint::setRope(const RopeScaling& scaling) {
  const auto good = [](double value) { return std::isfinite(value) && value > 0.0; };
  if (!good(scaling.factor) || !good(scaling.originalContext) || !good(scaling.lowFrequencyFactor) ||
      !good(scaling.highFrequencyFactor) || scaling.factor < 1.0 ||
      scaling.lowFrequencyFactor >= scaling.highFrequencyFactor) {
    throw UserError(fmt::format(
        "{}: RoPE scaling: expected a factor of at least 1 and a low frequency factor under the high one",
        m_source));
  }
  m_rope = scaling;
}

void Checkpoint::setRopeFactors(std::vector<float> factors) {
  bool good = factors.size() == m_shape.headDim / 2;
  for (const float f : factors) good = good && std::isfinite(f) && f >= 1.0f;
  if (!good) {
    throw UserError(fmt::format("{}: RoPE factors: expected {} finite numbers of at least 1", m_source,
                                m_shape.headDim / 2));
  }
  m_ropeFactors = std::move(factors);
}

std::vector<uint32_t> Checkpoint::ropeFrequencyTable() const {
  std::vector<uint32_t> table = ropeFrequencies(m_shape.headDim, m_shape.ropeTheta, m_rope);
  for (size_t pair = 0; pair < m_ropeFactors.size(); ++pair) {
    RopeScaling slower;
    slower.kind = RopeScaling::Kind::kLinear;
    slower.factor = static_cast<double>(m_ropeFactors[pair]);
    table[pair] = ropeFrequencies(m_shape.headDim, m_shape.ropeTheta, slower)[pair];
  }
  return table;
}

void Checkpoint::add(TensorRole role, uint32_t layer, TensorView tensor) {
  m_tensors.insert_or_assign({role, layer}, std::move(tensor));
}

const TensorView& Checkpoint::tensor(TensorRole role, uint32_t layer) const {
  if (role == TensorRole::Output && m_shape.tiedEmbeddings) role = TensorRole::TokenEmbedding;
  const auto found = m_tensors.find({role, layer});
  if (found == m_tensors.end()) {
    throw UserError(fmt::format("{}: the {} tensor of layer {} is missing", m_source, roleName(role), layer));
  }
  return found->second;
}

void Checkpoint::check(TensorRole role, uint32_t layer, uint64_t rows, uint64_t columns) const {
  const TensorView& found = tensor(role, layer);
  if (found.rows != rows || found.columns != columns) {
    throw UserError(fmt::format("{}: tensor {} ({}): {} x {}, expected {} x {}", m_source, found.name,
                                roleName(role), found.rows, found.columns, rows, columns));
  }
}

void Checkpoint::checkComplete() const {
  const ModelShape& s = m_shape;
  check(TensorRole::TokenEmbedding, 0, s.vocab, s.hidden);
  check(TensorRole::OutputNorm, 0, 1, s.hidden);
  check(TensorRole::Output, 0, s.vocab, s.hidden);
  for (uint32_t layer = 0; layer < s.layers; ++layer) {
    check(TensorRole::AttentionNorm, layer, 1, s.hidden);
    check(TensorRole::Query, layer, s.queryWidth(), s.hidden);
    check(TensorRole::Key, layer, s.kvWidth(), s.hidden);
    check(TensorRole::Value, layer, s.kvWidth(), s.hidden);
    check(TensorRole::AttentionOutput, layer, s.hidden, s.queryWidth());
    check(TensorRole::MlpNorm, layer, 1, s.hidden);
    check(TensorRole::Gate, layer, s.mlp, s.hidden);
    check(TensorRole::Up, layer, s.mlp, s.hidden);
    check(TensorRole::Down, layer, s.hidden, s.mlp);
  }
}

void checkShape(const ModelShape& shape, const std::string& source) {
  const auto inRange = [&source](std::string_view what, uint32_t value) {
    if (value == 0 || value > kMaxDimension) {
      throw UserError(fmt::format("{}: {}: expected 1..{}, found {}", source, what, kMaxDimension, value));
    }
  };
  inRange("layers", shape.layers);
  inRange("hidden size", shape.hidden);
  inRange("heads", shape.heads);
  inRange("key/value heads", shape.kvHeads);
  inRange("head size", shape.headDim);
  inRange("MLP size", shape.mlp);
  inRange("vocabulary", shape.vocab);
  inRange("context", shape.context);
  if (shape.heads % shape.kvHeads != 0) {
    throw UserError(
        fmt::format("{}: key/value heads: {} do not divide {} heads", source, shape.kvHeads, shape.heads));
  }
  if (shape.headDim % 2 != 0) {
    throw UserError(fmt::format("{}: head size: expected an even number, found {}", source, shape.headDim));
  }
  inRange("query width",
          static_cast<uint32_t>(std::min<uint64_t>(uint64_t{shape.heads} * shape.headDim, UINT32_MAX)));
  if (!std::isfinite(shape.ropeTheta) || shape.ropeTheta < 1.0) {
    throw UserError(fmt::format("{}: RoPE base: expected at least 1, found {}", source, shape.ropeTheta));
  }
  if (!std::isfinite(shape.rmsEpsilon) || shape.rmsEpsilon < 0.0 || shape.rmsEpsilon >= 1.0) {
    throw UserError(fmt::format("{}: RMSNorm epsilon: expected 0..1, found {}", source, shape.rmsEpsilon));
  }
}

}  // namespace pim::host
