#include <fmt/format.h>

#include "core/base/error.h"
#include "core/fpga/step_timer.h"
#include "platform/assembly/fpga_parameters.h"
#include "sim/run/machine_step.h"

namespace pim::sim {
namespace {

using fpga::kUnits;
using fpga::StepUse;
using fpga::Unit;

StepUse simulate(const host::fpga::Compiler& compiler, const host::fpga::AttentionMask& mask,
                 const fpga::TimingParameters& timing, const Step& step) {
  fpga::StepTimer timer(timing);
  const auto sink = [&](const host::fpga::Operator&, const std::vector<fpga::Instruction>& all) {
    timer.run(all);
  };
  if (step.prefill) {
    compiler.prefill(step.tokens, mask, sink);
  } else {
    compiler.decode(step.tokens, sink);
  }
  return timer.finish();
}

StepResult resultOf(const StepUse& use, const platform::Config& config) {
  StepResult result;
  const auto seconds = [](fpga::Femtoseconds time) {
    return static_cast<double>(time) * fpga::kSecondsPerFemtosecond;
  };
  result.seconds = seconds(use.time);
  result.boundBy = fpga::unitName(use.boundBy());
  for (std::size_t i = 0; i < kUnits; ++i)
    result.units.push_back(
        {fpga::unitName(static_cast<Unit>(i)), use.units[i].count, seconds(use.units[i].busy)});
  result.memoryBytes = use.of(Unit::Load).amount + use.of(Unit::Store).amount;
  result.details = {{"instructions", use.instructions},
                    {"instruction_bytes", use.instructionBytes},
                    {"cores", config.fpga.cores},
                    {"core_efficiency", config.fpga.speedup / config.fpga.cores}};
  return result;
}

}  // namespace

std::vector<StepResult> fpgaSteps(const ModelShape& shape, const platform::Config& config,
                                  const std::vector<Step>& steps) {
  const host::fpga::Compiler compiler(shape, platform::fpgaCompilerOptions(config));
  const host::fpga::AttentionMask mask = platform::fpgaMask(config);
  const fpga::TimingParameters timing = platform::fpgaTiming(config);
  std::vector<StepResult> results;
  for (const Step& step : steps) results.push_back(resultOf(simulate(compiler, mask, timing, step), config));
  return results;
}

}  // namespace pim::sim
