#pragma once

#include <cstdint>

#include "sim/analysis/analysis.h"
#include "sim/analysis/closed_form_chip.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// A prompt of one token comes before the step, and the cache before that is taken as filled.
constexpr std::uint32_t kShortestContext = 2;

/// A run whose one decode step attends to exactly `context` tokens, timing only. Throws UserError where it
/// does not fit.
RunRequest decodeStep(const ModelShape& shape, const platform::Config& config, std::uint32_t context);

/// simulate() and what the analysis compares. One call a process.
SimulatedDecode simulateDecodeStep(const RunRequest& request);

LayoutChoices layoutChoices(const host::Layout& layout);

}  // namespace pim::sim
