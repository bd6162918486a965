#pragma once

#include <string>
#include <vector>

#include "sim/analysis/metrics.h"

namespace pim::sim {

/// Tokens per second of a decode that was run without an activation limit, estimated for the other settings
/// of dram.activation_limit from its counts: no second run. docs/timing.md has the arithmetic.
struct ActivationEstimate {
  double staggered = 0;
  double enforced = 0;
};
ActivationEstimate estimateActivationLimits(const Stage& decode, const platform::Config& config);

/// The assumption about activates in a few words, for the table.
std::string activationAssumption(const Stage& decode, const platform::Config& config);

/// What a reader of a result must know: `assumptions` of the JSON, the box on the page.
std::vector<std::string> assumptions(const Stage& decode, const platform::Config& config);

}  // namespace pim::sim
