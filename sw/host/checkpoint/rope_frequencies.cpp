#include "sw/host/checkpoint/rope_frequencies.h"

#include <cmath>

namespace pim::host {
namespace {

constexpr double kTurn = 6.283185307179586476925;

double llama3(double theta, const RopeScaling& s) {
  const double wavelength = kTurn / theta;
  if (wavelength < s.originalContext / s.highFrequencyFactor) return theta;
  if (wavelength > s.originalContext / s.lowFrequencyFactor) return theta / s.factor;
  const double kept = (s.originalContext / wavelength - s.lowFrequencyFactor) /
                      (s.highFrequencyFactor - s.lowFrequencyFactor);
  return (1 - kept) * theta / s.factor + kept * theta;
}

double scaledTheta(double theta, const RopeScaling& scaling) {
  switch (scaling.kind) {
    case RopeScaling::Kind::kLinear:
      return theta / scaling.factor;
    case RopeScaling::Kind::kLlama3:
      return llama3(theta, scaling);
    case RopeScaling::Kind::kNone:
      break;
  }
  return theta;
}

}  // namespace

std::vector<std::uint32_t> ropeFrequencies(std::uint32_t headDim, double base, const RopeScaling& scaling) {
  std::vector<std::uint32_t> frequencies;
  for (std::uint32_t j = 0; j < headDim / 2; ++j) {
    const double theta = scaledTheta(std::pow(base, -2.0 * j / headDim), scaling);
    frequencies.push_back(static_cast<std::uint32_t>(std::llround(theta / kTurn * 4294967296.0)));
  }
  return frequencies;
}

}  // namespace pim::host
