#pragma once

#include <string>
#include <vector>

#include "sim/analysis/metrics.h"

namespace pim::sim {

/// Tokens per second of a decode without an activation limit, estimated from its counts for the other
/// settings of dram.activation_limit, without another run. Formulas: docs/timing.md.
struct ActivationEstimate {
  double staggered = 0;
  double enforced = 0;
};
ActivationEstimate estimateActivationLimits(const Stage& decode, const platform::Config& config);

/// Returns the assumption about activates in a few words, for the table.
std::string activationAssumption(const Stage& decode, const platform::Config& config);

/// The assumptions behind a result: `assumptions` of the JSON, and the box on the page.
std::vector<std::string> assumptions(const Stage& decode, const platform::Config& config);

}  // namespace pim::sim
