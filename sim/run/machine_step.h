#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

/// One prefill of `tokens`, or one decode step that attends to `tokens`.
struct Step {
  bool prefill = false;
  std::uint32_t tokens = 0;
};

/// The work of one part of a machine: a unit of the FPGA, a component of the PIM chip, a kind of kernel of a
/// phone.
struct StepUnit {
  std::string name;
  std::uint64_t count = 0;  ///< instructions, exchanges, launches
  double busySeconds = 0;
};

struct StepResult {
  double seconds = 0;
  std::string boundBy;  ///< a unit
  std::vector<StepUnit> units;
  double memoryBytes = 0;  ///< moved between the machine's DRAM and what computes
  /// Values that only this kind of machine has.
  nlohmann::ordered_json details;

  StepResult& operator+=(const StepResult& other);
};

/// Throws a UserError for a step that no machine of this kind can do alone: a decode step of one token on the
/// PIM chip.
void requireStep(const platform::Config& config, const Step& step);

/// Simulates the steps, each separately, on the machine of the configuration. The PIM chip allows one step
/// per process. UserError: the model does not fit into the machine's memory with the longest of the contexts.
std::vector<StepResult> simulateSteps(const ModelShape& shape, const platform::Config& config,
                                      const std::vector<Step>& steps);

// For each kind of machine.
std::vector<StepResult> fpgaSteps(const ModelShape& shape, const platform::Config& config,
                                  const std::vector<Step>& steps);
std::vector<StepResult> phoneSteps(const ModelShape& shape, const platform::Config& config,
                                   const std::vector<Step>& steps);
StepResult pimStep(const ModelShape& shape, const platform::Config& config, const Step& step);

}  // namespace pim::sim
