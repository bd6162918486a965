#pragma once

#include <Eigen/Core>
#include <cmath>

namespace pim::reference {

/// Kullback-Leibler divergence, in nats, of softmax(other) from softmax(truth).
inline double divergence(const Eigen::VectorXd& truth, const Eigen::VectorXd& other) {
  const auto logSoftmax = [](const Eigen::VectorXd& x) -> Eigen::ArrayXd {
    const Eigen::ArrayXd shifted = x.array() - x.maxCoeff();
    return shifted - std::log(shifted.exp().sum());
  };
  const Eigen::ArrayXd p = logSoftmax(truth), q = logSoftmax(other);
  return (p.exp() * (p - q)).sum();
}

}  // namespace pim::reference
