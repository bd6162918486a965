#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

/// Every key of a configuration of config.machine, pointing into `config`: the one place where key, unit,
/// range and meaning stand.
Schema configSchema(Config& config);
/// Names of the kinds of machines, in the order of MachineKind.
std::vector<std::string> machineNames();

/// Every key of a model file, pointing into `shape`.
Schema modelSchema(ModelShape& shape);

/// The effective configuration; reading it back gives an equal one.
std::string toYaml(const Config& config);
nlohmann::ordered_json toJson(const Config& config);

}  // namespace pim::platform
