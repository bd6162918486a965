#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/run/machine_step.h"

namespace pim::sim {

/// A prefill and the following decode steps on a machine other than the PIM chip.
struct MachineRun {
  std::uint32_t promptTokens = 0;
  std::uint32_t decodeTokens = 0;  ///< the first generated token comes out of the prefill
  StepResult prefill;
  StepResult decode;             ///< all steps together
  std::vector<double> perToken;  ///< seconds of each decode step
  /// The step after the last one, which FlightLLM's figures include; 0 if it has another program.
  double oneMoreStepSeconds = 0;

  double prefillRate() const { return promptTokens / prefill.seconds; }
  double decodeRate() const { return decodeTokens == 0 ? 0 : decodeTokens / decode.seconds; }
};

/// Simulates each different step once; steps that share a program take the same time.
MachineRun simulateRun(const ModelShape& shape, const platform::Config& config, std::uint32_t prompt,
                       std::uint32_t generate);

}  // namespace pim::sim
