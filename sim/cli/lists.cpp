#include "sim/cli/lists.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"

namespace pim::sim {

std::vector<std::string> listed(const std::string& what) {
  if (what == "presets") return platform::presetNames();
  if (what == "models") return platform::modelNames();
  if (what != "keys")
    throw UserError(fmt::format("--list: expected presets, models or keys, got '{}'", what));
  std::vector<std::string> keys;
  for (std::size_t kind = 0; kind < platform::machineNames().size(); ++kind) {
    platform::Config config;
    config.machine = static_cast<platform::MachineKind>(kind);
    for (const platform::Field& field : platform::configSchema(config)) {
      if (std::find(keys.begin(), keys.end(), field.key) == keys.end()) keys.push_back(field.key);
    }
  }
  return keys;
}

}  // namespace pim::sim
