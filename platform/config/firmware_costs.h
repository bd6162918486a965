#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "abi/pim_hal.h"

namespace pim::platform {

/// Cycles of the firmware's work on a core, for the core that runs it as host code: hundredths of a cycle per
/// kind of work (enum pim_work), with memories that answer as the cycle table states. The instruction-set
/// simulator measures them (platform/assembly/firmware_measurement.h). A cost may be negative if work of that
/// kind makes other work, counted with it, shorter.
using FirmwareCosts = std::array<std::int32_t, PIM_WORK_KINDS>;

/// Returns the measured costs for a cycle table of platform/cores, or null for others. Throws
/// std::logic_error if a file of platform/cores/firmware does not have the format that the measurement
/// writes.
const FirmwareCosts* builtinFirmwareCosts(const std::string& cycleTable);

/// Returns the text of platform/cores/firmware/NAME.yaml.
std::string firmwareCostsYaml(const FirmwareCosts& costs, const std::string& cycleTable);

}  // namespace pim::platform
