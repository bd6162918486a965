#pragma once

#include "platform/config/config.h"
#include "tlm/bank/bank_parameters.h"
#include "tlm/controller/controller.h"
#include "tlm/die/die_interconnect.h"

namespace pim::platform {

/// Converts a configuration into the parameters of each module: converts units and adds nothing.
DramTiming dramTiming(const Config& config);
BankCompute bankCompute(const Config& config);
/// Returns the width of BRAM's port to the multipliers.
std::uint32_t operandPortBits(const BankConfig& bank);
BankParameters bankParameters(const Config& config, bool functional);
DieParameters dieParameters(const Config& config, bool functional, std::uint32_t die);
MemoryRates memoryRates(const Config& config);
ControllerParameters controllerParameters(const Config& config, bool functional, std::uint32_t planAddress);

}  // namespace pim::platform
