#pragma once

#include <cstdint>
#include <vector>

namespace pim::host {

/// The rule by which a model stretches its rotary frequencies beyond the context of its first training.
struct RopeScaling {
  enum class Kind { kNone, kLinear, kLlama3 };
  Kind kind = Kind::kNone;
  double factor = 1.0;             ///< kLinear, kLlama3: frequencies are divided by this
  double lowFrequencyFactor = 1;   ///< kLlama3: wavelengths above originalContext / this are stretched
  double highFrequencyFactor = 4;  ///< kLlama3: wavelengths below originalContext / this are kept
  double originalContext = 8192;   ///< kLlama3: tokens

  friend bool operator==(const RopeScaling& a, const RopeScaling& b) {
    return a.kind == b.kind && a.factor == b.factor && a.lowFrequencyFactor == b.lowFrequencyFactor &&
           a.highFrequencyFactor == b.highFrequencyFactor && a.originalContext == b.originalContext;
  }
};

/// Computes round(2^32 * theta_j / 2 pi), theta_j = base^(-2j / headDim) scaled, for headDim / 2 pairs.
std::vector<std::uint32_t> ropeFrequencies(std::uint32_t headDim, double base,
                                           const RopeScaling& scaling = {});

}  // namespace pim::host
