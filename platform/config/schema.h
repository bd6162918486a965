#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

/// Returns the fields of all keys for config.machine, pointing into `config`. The only definition of key,
/// unit, range and meaning.
Schema configSchema(Config& config);
/// Returns the names of the kinds of machine, in the order of MachineKind.
std::vector<std::string> machineNames();

/// Returns the fields of all keys of a model file, pointing into `shape`.
Schema modelSchema(ModelShape& shape);

/// Returns the effective configuration as text. Reading it back gives an equal configuration.
std::string toYaml(const Config& config);
nlohmann::ordered_json toJson(const Config& config);

}  // namespace pim::platform
