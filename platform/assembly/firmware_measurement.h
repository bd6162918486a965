#pragma once

#include "core/riscv/cycle_table.h"
#include "platform/config/firmware_costs.h"

namespace pim::platform {

/// How well costs tell the cycles of the jobs from which they were measured.
struct FirmwareMeasurement {
  FirmwareCosts costs{};
  double worstError = 0;  ///< of a job's cycles, relative
};

/// Measures what each kind of the firmware's work takes on a core: runs jobs on models, mappings and rings of
/// many shapes twice, as host code that tells what it does, and as the program on the instruction-set
/// simulator, on a machine that completes each command at its doorbell. Between two doorbells both do the
/// same, so that each such interval is an equation: its counts of work, times their costs, are its cycles.
/// The costs are the least squares of all. Throws UserError where the program was not built.
FirmwareMeasurement measureFirmware(const riscv::CycleTable& table);

}  // namespace pim::platform
