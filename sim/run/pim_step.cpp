#include "core/base/error.h"
#include "sim/analysis/metrics.h"
#include "sim/run/decode_step.h"
#include "sim/run/machine_step.h"
#include "sim/run/mapping.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

RunRequest prefillOf(const ModelShape& shape, const platform::Config& config, std::uint32_t tokens) {
  RunRequest request;
  request.config = config;
  request.layout = host::planModel(shape, chipShape(config), mappingOptions(config), tokens);
  for (std::uint32_t i = 0; i < tokens; ++i) request.job.prompt.push_back(i % shape.vocab);
  request.job.generate = 1;
  request.job.ignoreEos = true;
  return request;
}

/// Returns the exchanges of a component's stream; the firmware has none.
std::uint64_t countOf(Component component, const Counters& counters) {
  switch (component) {
    case Component::BankWeights:
    case Component::LinkWeights:
    case Component::ControllerWeights:
      return counters.messages[PIM_STREAM_WEIGHTS];
    case Component::BankKv:
    case Component::LinkKv:
    case Component::ControllerKv:
      return counters.messages[PIM_STREAM_KV];
    case Component::Latency:
      return counters.messages[PIM_STREAM_WEIGHTS] + counters.messages[PIM_STREAM_KV];
    case Component::Firmware:
      return counters.commands;
  }
  return 0;
}

}  // namespace

void requireStep(const platform::Config& config, const Step& step) {
  if (config.machine == platform::MachineKind::kPim && !step.prefill && step.tokens < kShortestContext)
    throw UserError(
        "--decode: expected at least 2 tokens on machine: pim, whose step follows a prefill, got 1");
}

StepResult pimStep(const ModelShape& named, const platform::Config& config, const Step& step) {
  requireStep(config, step);
  const ModelShape shape = named.paddedTo(config.weights.group);
  const RunRequest request =
      step.prefill ? prefillOf(shape, config, step.tokens) : decodeStep(shape, config, step.tokens);
  const RunResult run = simulate(request);
  const Stage stage = step.prefill ? prefillStage(run, step.tokens) : decodeStage(run);

  StepResult result;
  result.seconds = stage.seconds;
  result.boundBy = componentName(bound(stage));
  for (std::size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    result.units.push_back({componentName(component), countOf(component, stage.counters),
                            static_cast<double>(stage.counters.busy[i]) * kSecondsPerPicosecond});
  }
  result.memoryBytes = static_cast<double>(stage.counters.bankBytes[PIM_STREAM_WEIGHTS] +
                                           stage.counters.bankBytes[PIM_STREAM_KV]);
  return result;
}

}  // namespace pim::sim
