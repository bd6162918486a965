#pragma once

#include "core/riscv/cycle_table.h"
#include "platform/config/firmware_costs.h"

namespace pim::platform {

/// The measured costs, and the error with which they predict the cycles of the jobs that they were measured
/// from.
struct FirmwareMeasurement {
  FirmwareCosts costs{};
  double worstError = 0;  ///< largest relative error of a job's cycles
};

/// Measures the cycles that each kind of the firmware's work takes on a core. Runs jobs of many models,
/// mappings and ring sizes twice: as host code that reports its work, and as the program on the
/// instruction-set simulator. Both run on a machine that completes each command at its doorbell, and do the
/// same work between two doorbells. Each such interval therefore gives an equation: the counts of work times
/// their costs equal the cycles. The costs are the least-squares solution of all equations. Throws a
/// UserError if the program was not built.
FirmwareMeasurement measureFirmware(const riscv::CycleTable& table);

}  // namespace pim::platform
