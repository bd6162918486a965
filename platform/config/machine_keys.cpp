#include "platform/config/machine_keys.h"

#include <fmt/format.h>

#include <set>

#include "core/base/error.h"
#include "platform/config/schema.h"

namespace pim::platform {

void refuseKeysOfOtherMachines(const std::vector<Entry>& entries, MachineKind kind) {
  std::vector<std::set<std::string>> keys(kMachineKinds);
  for (std::size_t machine = 0; machine < kMachineKinds; ++machine) {
    Config config;
    config.machine = static_cast<MachineKind>(machine);
    for (const Field& field : configSchema(config)) keys[machine].insert(field.key);
  }
  const auto own = static_cast<std::size_t>(kind);
  for (const Entry& entry : entries) {
    if (keys[own].count(entry.key) != 0) continue;
    for (std::size_t other = 0; other < kMachineKinds; ++other) {
      if (keys[other].count(entry.key) == 0) continue;
      throw UserError(fmt::format("{}: {}: expected a key of machine: {}, found one of machine: {}",
                                  entry.place, entry.key, machineNames()[own], machineNames()[other]));
    }
  }
}

}  // namespace pim::platform
