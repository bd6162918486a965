#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/run/machine_run.h"

namespace pim::sim {

/// What is reported of a run of an FPGA or a phone: the keys of a chip's run where they mean the same.
nlohmann::ordered_json machineJson(const ModelShape& shape, const platform::Config& config,
                                   const MachineRun& run, bool perToken);
std::string machineTable(const ModelShape& shape, const platform::Config& config, const MachineRun& run);

}  // namespace pim::sim
