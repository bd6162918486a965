#pragma once

#include "core/fpga/step_timer.h"
#include "sim/run/machine_step.h"
#include "sw/host/fpga/compiler.h"
#include "sw/host/fpga/program_file.h"
#include "tlm/fpga/fpga.h"

namespace pim::sim {

/// Converts the results of a program to the common form of all machines.
StepResult fpgaStepResult(const fpga::StepUse& use, const platform::Config& config);

/// Emits the program of a step, one operator at a time.
void fpgaProgram(const ModelShape& shape, const platform::Config& config, const Step& step,
                 const host::fpga::OperatorSink& sink);
/// Simulates a step and reports every instruction to the observer.
StepResult observedFpgaStep(const ModelShape& shape, const platform::Config& config, const Step& step,
                            const fpga::InstructionObserver& observer);
/// Simulates a program that was read from the file `name`. UserError: it never ends, or tokens remain.
StepResult timeFpgaProgram(const platform::Config& config,
                           const std::vector<host::fpga::ProgramOperator>& program, const std::string& name);

}  // namespace pim::sim
