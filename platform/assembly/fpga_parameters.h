#pragma once

#include "core/fpga/instruction_timing.h"
#include "platform/config/config.h"
#include "sw/host/fpga/compiler.h"
#include "sw/host/fpga/instruction_memory.h"

namespace pim::platform {

// Converts the configuration of an FPGA into the parameters of its parts.

fpga::TimingParameters fpgaTiming(const Config& config);
host::fpga::CompilerOptions fpgaCompilerOptions(const Config& config);
host::fpga::Stairs fpgaStairs(const Config& config);
/// Reads the file that attention.mask names, if it names one.
host::fpga::AttentionMask fpgaMask(const Config& config);

}  // namespace pim::platform
