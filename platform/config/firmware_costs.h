#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "abi/pim_hal.h"

namespace pim::platform {

/// What the firmware's work takes on a core, for the core that runs it as host code: of each kind of work
/// (enum pim_work) hundredths of a cycle, with memories that answer as the cycle table says. Measured by the
/// instruction-set simulator (platform/assembly/firmware_measurement.h). A kind may be negative: it takes
/// less than what is counted with it.
using FirmwareCosts = std::array<std::int32_t, PIM_WORK_KINDS>;

/// The measured costs for a cycle table of platform/cores, or null for others. Throws std::logic_error on a
/// file of platform/cores/firmware that is not what the measurement writes.
const FirmwareCosts* builtinFirmwareCosts(const std::string& cycleTable);

/// As platform/cores/firmware/NAME.yaml.
std::string firmwareCostsYaml(const FirmwareCosts& costs, const std::string& cycleTable);

}  // namespace pim::platform
