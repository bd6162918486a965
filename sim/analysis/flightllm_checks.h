#pragma once

#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

/// A number that a decode step of FlightLLM can be held against, and how far off it is.
struct Check {
  std::string what;
  double expected;  ///< seconds per step, or per token of context for a slope
  double found;
  std::string source;

  double error() const { return found / expected - 1; }
};

/// Of a step that sees `context` tokens, for LLaMA2-7B's shape and configurations that stand on FlightLLM's:
/// * against FlightLLM's table, which its published preset reproduces: this configuration; 4 cores without
/// loss; and each
///   honest switch on top of those before it;
/// * against the two steps that others measured on a U280: this configuration at those lengths, and the slope
/// between them.
std::vector<Check> flightllmChecks(const ModelShape& shape, const platform::Config& config,
                                   std::uint32_t context);

}  // namespace pim::sim
