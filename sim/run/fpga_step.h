#pragma once

#include "core/fpga/step_timer.h"
#include "sim/run/machine_step.h"
#include "sw/host/fpga/compiler.h"
#include "sw/host/fpga/program_file.h"
#include "tlm/fpga/fpga.h"

namespace pim::sim {

/// What a program came to, in the terms of all machines.
StepResult fpgaStepResult(const fpga::StepUse& use, const platform::Config& config);

/// The program of a step, an operator at a time.
void fpgaProgram(const ModelShape& shape, const platform::Config& config, const Step& step,
                 const host::fpga::OperatorSink& sink);
/// Sees every instruction of a step as it runs.
StepResult observedFpgaStep(const ModelShape& shape, const platform::Config& config, const Step& step,
                            const fpga::InstructionObserver& observer);
/// Runs a program from the file `name`. Throws a UserError where it never ends or leaves tokens behind.
StepResult timeFpgaProgram(const platform::Config& config,
                           const std::vector<host::fpga::ProgramOperator>& program, const std::string& name);

}  // namespace pim::sim
