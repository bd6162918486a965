#pragma once

#include <cstdint>

#include "sim/analysis/analysis.h"
#include "sim/analysis/closed_form_chip.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// A prompt of one token precedes the step; the cache before it is assumed to be filled.
constexpr std::uint32_t kShortestContext = 2;

/// Returns a timing-only run whose single decode step attends to exactly `context` tokens. UserError: it does
/// not fit.
RunRequest decodeStep(const ModelShape& shape, const platform::Config& config, std::uint32_t context);

/// Calls simulate() and extracts the values that the analysis compares. Call it once per process.
SimulatedDecode simulateDecodeStep(const RunRequest& request);

LayoutChoices layoutChoices(const host::Layout& layout);

}  // namespace pim::sim
