#include "tests/reference/float_llama.h"

#include <cmath>

namespace pim::reference {
namespace {

Eigen::MatrixXd dequantise(const host::QuantizedMatrix& matrix) {
  Eigen::MatrixXd out(matrix.rows, matrix.k);
  std::vector<std::uint8_t> scratch(matrix.rowBytes());
  for (std::uint32_t r = 0; r < matrix.rows; ++r) {
    const WeightRowView row = matrix.view(r, scratch.data());
    for (std::uint32_t i = 0; i < matrix.k; ++i) {
      const std::uint32_t g = i / row.group();
      out(r, i) =
          std::ldexp((row.code(i) - row.zero(g)) * static_cast<double>(row.scale(g)), matrix.weightExponent);
    }
  }
  return out;
}

Eigen::VectorXd fromQ16(const std::vector<Q16>& x) {
  Eigen::VectorXd out(static_cast<Eigen::Index>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) out(static_cast<Eigen::Index>(i)) = x[i] / 65536.0;
  return out;
}

}  // namespace

FloatLlama::FloatLlama(const host::QuantizedModel& model)
    : m_shape(model.shape),
      m_embedding(dequantise(model.embedding)),
      m_head(dequantise(model.head)),
      m_finalGain(fromQ16(model.finalGain)) {
  for (const std::uint32_t frequency : model.ropeFrequencies) m_turns.push_back(frequency / 4294967296.0);
  for (const host::QuantizedLayer& l : model.layers)
    m_layers.push_back({dequantise(l.q),
                        dequantise(l.k),
                        dequantise(l.v),
                        dequantise(l.output),
                        dequantise(l.gate),
                        dequantise(l.up),
                        dequantise(l.down),
                        fromQ16(l.attentionGain),
                        fromQ16(l.mlpGain),
                        {},
                        {}});
}

Eigen::VectorXd FloatLlama::normalise(const Eigen::VectorXd& x, const Eigen::VectorXd& gain) const {
  const double mean = x.squaredNorm() / static_cast<double>(x.size());
  return (x / std::sqrt(mean + m_shape.rmsEpsilon)).cwiseProduct(gain);
}

void FloatLlama::rotate(Eigen::VectorXd& heads) const {
  const double turn = 2 * std::acos(-1.0);
  for (Eigen::Index i = 0; i < heads.size(); i += 2) {
    const auto j = static_cast<std::size_t>(i) % m_shape.headDim / 2;
    const double angle = turn * m_turns[j] * m_position;
    const double a = heads(i), b = heads(i + 1);
    heads(i) = a * std::cos(angle) - b * std::sin(angle);
    heads(i + 1) = a * std::sin(angle) + b * std::cos(angle);
  }
}

Eigen::VectorXd FloatLlama::attend(Layer& layer, const Eigen::VectorXd& x) const {
  Eigen::VectorXd query = layer.q * x, key = layer.k * x;
  rotate(query);
  rotate(key);
  layer.keys.push_back(key);
  layer.values.emplace_back(layer.v * x);

  const Eigen::Index dim = m_shape.headDim;
  Eigen::VectorXd out = Eigen::VectorXd::Zero(query.size());
  for (Eigen::Index h = 0; h < Eigen::Index{m_shape.heads}; ++h) {
    const Eigen::Index kvHead = h / m_shape.headsPerKvHead();
    Eigen::VectorXd scores(static_cast<Eigen::Index>(layer.keys.size()));
    for (Eigen::Index t = 0; t < scores.size(); ++t)
      scores(t) =
          query.segment(h * dim, dim).dot(layer.keys[static_cast<std::size_t>(t)].segment(kvHead * dim, dim));
    scores /= std::sqrt(static_cast<double>(dim));
    Eigen::VectorXd p = (scores.array() - scores.maxCoeff()).exp();
    p /= p.sum();
    for (Eigen::Index t = 0; t < scores.size(); ++t)
      out.segment(h * dim, dim) +=
          p(t) * layer.values[static_cast<std::size_t>(t)].segment(kvHead * dim, dim);
  }
  return layer.output * out;
}

Eigen::VectorXd FloatLlama::step(std::uint32_t token) {
  Eigen::VectorXd x = m_embedding.row(token).transpose();
  for (Layer& layer : m_layers) {
    x += attend(layer, normalise(x, layer.attentionGain));
    const Eigen::VectorXd y = normalise(x, layer.mlpGain);
    const Eigen::ArrayXd gate = (layer.gate * y).array();
    x += layer.down * (gate / (1 + (-gate).exp()) * (layer.up * y).array()).matrix();
  }
  ++m_position;
  return m_head * normalise(x, m_finalGain);
}

}  // namespace pim::reference
