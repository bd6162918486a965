#pragma once

#include "core/fpga/instruction_timing.h"
#include "platform/config/config.h"
#include "sw/host/fpga/compiler.h"
#include "sw/host/fpga/instruction_memory.h"

namespace pim::platform {

// What the parts of an FPGA need to know of its configuration.

fpga::TimingParameters fpgaTiming(const Config& config);
host::fpga::CompilerOptions fpgaCompilerOptions(const Config& config);
host::fpga::Stairs fpgaStairs(const Config& config);
/// Reads the file that attention.mask names, if it does.
host::fpga::AttentionMask fpgaMask(const Config& config);

}  // namespace pim::platform
