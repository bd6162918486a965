#pragma once

#include "sim/cli/command_line.h"
#include "sim/run/host_usage.h"

namespace pim::sim {

/// Executes `describe` for an FPGA or a phone: prints the effective configuration and the memory that a model
/// takes.
void describeMachine(const CommandLine& line, const platform::Config& config, const HostMeter& meter);

}  // namespace pim::sim
