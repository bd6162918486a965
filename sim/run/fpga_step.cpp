#include "sim/run/fpga_step.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "platform/assembly/fpga_parameters.h"
#include "sim/run/machine_step.h"
#include "tlm/fpga/fpga.h"

namespace pim::sim {

using fpga::kUnits;
using fpga::StepUse;
using fpga::Unit;

StepResult fpgaStepResult(const StepUse& use, const platform::Config& config) {
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

void fpgaProgram(const ModelShape& shape, const platform::Config& config, const Step& step,
                 const host::fpga::OperatorSink& sink) {
  const host::fpga::Compiler compiler(shape, platform::fpgaCompilerOptions(config));
  if (step.prefill) {
    compiler.prefill(step.tokens, platform::fpgaMask(config), sink);
  } else {
    compiler.decode(step.tokens, sink);
  }
}

StepResult timeFpgaProgram(const platform::Config& config,
                           const std::vector<host::fpga::ProgramOperator>& program, const std::string& name) {
  fpga::StepTimer timer(platform::fpgaTiming(config));
  std::size_t number = 0;
  try {
    for (const host::fpga::ProgramOperator& part : program) {
      ++number;
      timer.run(part.instructions);
    }
    return fpgaStepResult(timer.finish(), config);
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: operator {}: {}", name, number, error.what()));
  }
}

namespace {

std::vector<StepResult> simulate(const ModelShape& shape, const platform::Config& config,
                                 const std::vector<Step>& steps, const fpga::InstructionObserver& observer) {
  std::vector<StepResult> results;
  fpga::ProgramSource source;
  source.next = [&](const fpga::InstructionSink& sink) {
    if (results.size() == steps.size()) return false;
    fpgaProgram(shape, config, steps[results.size()],
                [&](const fpga::Operator&, const std::vector<fpga::Instruction>& all) { sink(all); });
    return true;
  };
  source.done = [&](const StepUse& use) { results.push_back(fpgaStepResult(use, config)); };
  fpga::Fpga machine("fpga", platform::fpgaTiming(config), std::move(source));
  machine.observe(observer);
  sc_core::sc_start();
  machine.rethrow();
  return results;
}

}  // namespace

std::vector<StepResult> fpgaSteps(const ModelShape& shape, const platform::Config& config,
                                  const std::vector<Step>& steps) {
  return simulate(shape, config, steps, {});
}

StepResult observedFpgaStep(const ModelShape& shape, const platform::Config& config, const Step& step,
                            const fpga::InstructionObserver& observer) {
  return simulate(shape, config, {step}, observer).front();
}

}  // namespace pim::sim
