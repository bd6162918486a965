#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/run/machine_run.h"

namespace pim::sim {

/// The result of a run of an FPGA or a phone. Keys with the same meaning have the same names as for the chip.
nlohmann::ordered_json machineJson(const ModelShape& shape, const platform::Config& config,
                                   const MachineRun& run, bool perToken);
std::string machineTable(const ModelShape& shape, const platform::Config& config, const MachineRun& run);

}  // namespace pim::sim
