#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "sw/host/quantise/quantized_model.h"

namespace pim::reference {

/// The same 4-bit weights with everything else in double: what the integers approximate. Shares no arithmetic
/// with the chip; angles come from the model's frequencies, so both rotate by the same turns.
class FloatLlama {
 public:
  explicit FloatLlama(const host::QuantizedModel& model);

  /// Takes the next token of the sequence and returns the logits [vocab] after it.
  Eigen::VectorXd step(std::uint32_t token);

 private:
  struct Layer {
    Eigen::MatrixXd q, k, v, output, gate, up, down;
    Eigen::VectorXd attentionGain, mlpGain;
    std::vector<Eigen::VectorXd> keys, values;  ///< [token], all KV heads
  };

  Eigen::VectorXd normalise(const Eigen::VectorXd& x, const Eigen::VectorXd& gain) const;
  void rotate(Eigen::VectorXd& heads) const;
  Eigen::VectorXd attend(Layer& layer, const Eigen::VectorXd& x) const;

  ModelShape m_shape;
  std::vector<double> m_turns;  ///< [headDim / 2], a position
  Eigen::MatrixXd m_embedding, m_head;
  std::vector<Layer> m_layers;
  Eigen::VectorXd m_finalGain;
  std::uint32_t m_position = 0;
};

}  // namespace pim::reference
