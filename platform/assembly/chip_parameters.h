#pragma once

#include "platform/config/config.h"
#include "tlm/bank/bank_parameters.h"
#include "tlm/controller/controller.h"
#include "tlm/die/die_interconnect.h"

namespace pim::platform {

/// Translates a configuration into what each module is built from: units resolved, nothing added.
DramTiming dramTiming(const Config& config);
BankCompute bankCompute(const Config& config);
BankParameters bankParameters(const Config& config, bool functional);
DieParameters dieParameters(const Config& config, bool functional, std::uint32_t die);
MemoryRates memoryRates(const Config& config);
ControllerParameters controllerParameters(const Config& config, bool functional, std::uint32_t planAddress);

}  // namespace pim::platform
