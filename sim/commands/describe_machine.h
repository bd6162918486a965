#pragma once

#include "sim/cli/command_line.h"
#include "sim/run/host_usage.h"

namespace pim::sim {

/// `describe` of an FPGA or a phone: the effective configuration, and what a model takes there.
void describeMachine(const CommandLine& line, const platform::Config& config, const HostMeter& meter);

}  // namespace pim::sim
