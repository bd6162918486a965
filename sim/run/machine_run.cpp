#include "sim/run/machine_run.h"

#include <algorithm>
#include <map>

#include "platform/assembly/fpga_parameters.h"

namespace pim::sim {
namespace {

/// Returns the step whose program the machine runs: lengths on the FPGA are padded to stairs.
Step padded(const Step& step, const platform::Config& config) {
  if (config.machine != platform::MachineKind::kFpga) return step;
  const host::fpga::Stairs stairs = platform::fpgaStairs(config);
  return {step.prefill, host::fpga::Stairs::up(step.tokens, step.prefill ? stairs.prefill : stairs.decode)};
}

}  // namespace

MachineRun simulateRun(const ModelShape& shape, const platform::Config& config, std::uint32_t prompt,
                       std::uint32_t generate) {
  std::vector<Step> decodes;
  for (std::uint32_t context = prompt + 1; context < prompt + generate; ++context)
    decodes.push_back(padded({false, context}, config));
  std::vector<Step> different{padded({true, prompt}, config)};
  for (const Step& step : decodes) {
    if (different.size() == 1 || different.back().tokens != step.tokens) different.push_back(step);
  }
  const std::vector<StepResult> results = simulateSteps(shape, config, different);

  MachineRun run;
  run.promptTokens = prompt;
  run.decodeTokens = generate - 1;
  run.prefill = results.front();
  std::map<std::uint32_t, const StepResult*> byLength;
  for (std::size_t i = 1; i < different.size(); ++i) byLength[different[i].tokens] = &results[i];
  for (std::uint32_t i = 0; i < run.decodeTokens; ++i) {
    const StepResult& step = *byLength.at(decodes[i].tokens);
    run.decode += step;
    run.decode.boundBy = step.boundBy;
    run.decode.details = step.details;
    run.perToken.push_back(step.seconds);
  }
  // The time is known if the step shares the program of the last one. It is not simulated for its own sake.
  const Step oneMore = padded({false, prompt + generate}, config);
  if (!decodes.empty() && oneMore.tokens == decodes.back().tokens)
    run.oneMoreStepSeconds = run.perToken.back();
  return run;
}

}  // namespace pim::sim
