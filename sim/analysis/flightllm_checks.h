#pragma once

#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

/// A value of a decode step of FlightLLM to compare with, and the value found.
struct Check {
  std::string what;
  double expected;  ///< seconds per step, or per token of context for a slope
  double found;
  std::string source;

  double error() const { return found / expected - 1; }
};

/// Returns the checks for a step that attends to `context` tokens, for the shape of LLaMA2-7B and
/// configurations based on FlightLLM's:
/// * compared with FlightLLM's table, which its published preset reproduces: this configuration; 4 cores
///   without loss; and each correction added to those before it
/// * compared with the two steps that others measured on a U280: this configuration at those lengths, and the
///   slope between them.
std::vector<Check> flightllmChecks(const ModelShape& shape, const platform::Config& config,
                                   std::uint32_t context);

}  // namespace pim::sim
