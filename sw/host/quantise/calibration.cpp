#include "sw/host/quantise/calibration.h"

#include <algorithm>
#include <cmath>

#include "core/base/parallel_for.h"

namespace pim::host {
namespace {

/// One row of floats per token.
using Rows = std::vector<std::vector<float>>;

Rows multiply(const TensorView& tensor, const Rows& x) {
  Rows y(x.size(), std::vector<float>(tensor.rows));
  parallelForRows(tensor.rows, [&](std::uint64_t first, std::uint64_t end) {
    std::vector<float> weights(tensor.columns);
    for (std::uint64_t r = first; r < end; ++r) {
      tensor.readRow(r, weights.data());
      for (std::size_t t = 0; t < x.size(); ++t) {
        float sum = 0;
        for (std::uint64_t i = 0; i < tensor.columns; ++i) sum += weights[i] * x[t][i];
        y[t][r] = sum;
      }
    }
  });
  return y;
}

void addTo(Rows& x, const Rows& y) {
  for (std::size_t t = 0; t < x.size(); ++t)
    for (std::size_t i = 0; i < x[t].size(); ++i) x[t][i] += y[t][i];
}

std::vector<float> rootMeanSquares(const Rows& x) {
  std::vector<float> scales(x.front().size());
  for (const std::vector<float>& row : x)
    for (std::size_t i = 0; i < row.size(); ++i) scales[i] += row[i] * row[i];
  for (float& scale : scales) scale = std::sqrt(scale / static_cast<float>(x.size()));
  return scales;
}

class Evaluation {
 public:
  Evaluation(const Checkpoint& checkpoint, const std::vector<std::uint32_t>& tokens)
      : m_checkpoint(checkpoint),
        m_shape(checkpoint.shape()),
        m_turns(checkpoint.ropeFrequencyTable()),
        m_residual(tokens.size(), std::vector<float>(m_shape.hidden)),
        m_scales(m_shape.layers) {
    const TensorView& table = m_checkpoint.tensor(TensorRole::TokenEmbedding);
    for (std::size_t t = 0; t < tokens.size(); ++t) table.readRow(tokens[t], m_residual[t].data());
  }

  InputScales run() {
    for (std::uint32_t layer = 0; layer < m_shape.layers; ++layer) {
      addTo(m_residual, attention(layer));
      addTo(m_residual, mlp(layer));
    }
    m_scales.set(MatrixKind::Head, 0, rootMeanSquares(normalised(TensorRole::OutputNorm, 0)));
    return std::move(m_scales);
  }

 private:
  Rows normalised(TensorRole role, std::uint32_t layer) const {
    std::vector<float> gain(m_shape.hidden);
    m_checkpoint.tensor(role, layer).readRow(0, gain.data());
    Rows y = m_residual;
    for (std::vector<float>& row : y) {
      double sum = 0;
      for (const float x : row) sum += static_cast<double>(x) * x;
      const auto scale =
          static_cast<float>(1 / std::sqrt(sum / static_cast<double>(row.size()) + m_shape.rmsEpsilon));
      for (std::size_t i = 0; i < row.size(); ++i) row[i] *= scale * gain[i];
    }
    return y;
  }

  void rotate(Rows& rows) const {
    constexpr double kTurn = 6.283185307179586 / 4294967296.0;
    for (std::size_t t = 0; t < rows.size(); ++t) {
      for (std::size_t i = 0; i + 1 < rows[t].size(); i += 2) {
        const double angle = kTurn * m_turns[i % m_shape.headDim / 2] * static_cast<double>(t);
        const double a = rows[t][i], b = rows[t][i + 1];
        rows[t][i] = static_cast<float>(a * std::cos(angle) - b * std::sin(angle));
        rows[t][i + 1] = static_cast<float>(a * std::sin(angle) + b * std::cos(angle));
      }
    }
  }

  Rows attention(std::uint32_t layer) {
    const Rows x = normalised(TensorRole::AttentionNorm, layer);
    m_scales.set(MatrixKind::Query, layer, rootMeanSquares(x));
    Rows query = multiply(m_checkpoint.tensor(TensorRole::Query, layer), x);
    Rows key = multiply(m_checkpoint.tensor(TensorRole::Key, layer), x);
    const Rows value = multiply(m_checkpoint.tensor(TensorRole::Value, layer), x);
    rotate(query);
    rotate(key);
    Rows out(x.size(), std::vector<float>(m_shape.queryWidth()));
    parallelFor(x.size(), [&](std::uint64_t t) {
      for (std::uint32_t head = 0; head < m_shape.heads; ++head) attend(query, key, value, t, head, out[t]);
    });
    m_scales.set(MatrixKind::Output, layer, rootMeanSquares(out));
    return multiply(m_checkpoint.tensor(TensorRole::AttentionOutput, layer), out);
  }

  void attend(const Rows& query, const Rows& key, const Rows& value, std::size_t t, std::uint32_t head,
              std::vector<float>& out) const {
    const std::uint32_t dim = m_shape.headDim;
    const float* q = query[t].data() + std::size_t{head} * dim;
    const std::size_t kv = std::size_t{head / m_shape.headsPerKvHead()} * dim;
    std::vector<float> weights(t + 1);
    for (std::size_t s = 0; s <= t; ++s) {
      float dot = 0;
      for (std::uint32_t i = 0; i < dim; ++i) dot += q[i] * key[s][kv + i];
      weights[s] = dot / std::sqrt(static_cast<float>(dim));
    }
    const float largest = *std::max_element(weights.begin(), weights.end());
    float sum = 0;
    for (float& weight : weights) sum += weight = std::exp(weight - largest);
    for (std::size_t s = 0; s <= t; ++s)
      for (std::uint32_t i = 0; i < dim; ++i)
        out[std::size_t{head} * dim + i] += weights[s] / sum * value[s][kv + i];
  }

  Rows mlp(std::uint32_t layer) {
    const Rows x = normalised(TensorRole::MlpNorm, layer);
    m_scales.set(MatrixKind::Gate, layer, rootMeanSquares(x));
    Rows gate = multiply(m_checkpoint.tensor(TensorRole::Gate, layer), x);
    const Rows up = multiply(m_checkpoint.tensor(TensorRole::Up, layer), x);
    for (std::size_t t = 0; t < gate.size(); ++t)
      for (std::size_t i = 0; i < gate[t].size(); ++i) gate[t][i] *= up[t][i] / (1 + std::exp(-gate[t][i]));
    m_scales.set(MatrixKind::Down, layer, rootMeanSquares(gate));
    return multiply(m_checkpoint.tensor(TensorRole::Down, layer), gate);
  }

  const Checkpoint& m_checkpoint;
  ModelShape m_shape;
  std::vector<std::uint32_t> m_turns;
  Rows m_residual;
  InputScales m_scales;
};

}  // namespace

InputScales::Input InputScales::inputOf(MatrixKind kind) {
  switch (kind) {
    case MatrixKind::Output:
      return kOutput;
    case MatrixKind::Gate:
    case MatrixKind::Up:
      return kMlp;
    case MatrixKind::Down:
      return kDown;
    default:
      return kAttention;
  }
}

const std::vector<float>* InputScales::of(MatrixKind kind, std::uint32_t layer) const {
  if (isEmpty() || kind == MatrixKind::Embedding) return nullptr;
  return kind == MatrixKind::Head ? &m_head : &m_layers.at(layer)[inputOf(kind)];
}

void InputScales::set(MatrixKind kind, std::uint32_t layer, std::vector<float> scales) {
  (kind == MatrixKind::Head ? m_head : m_layers.at(layer)[inputOf(kind)]) = std::move(scales);
}

InputScales measureInputs(const Checkpoint& checkpoint, const std::vector<std::uint32_t>& tokens) {
  return Evaluation(checkpoint, tokens).run();
}

}  // namespace pim::host
