#include "platform/config/machine_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "platform/config/schema.h"

namespace pim::platform {

namespace {

bool has(MachineKind kind, const std::string& key) {
  Config config;
  config.machine = kind;
  const Schema schema = configSchema(config);
  return std::any_of(schema.begin(), schema.end(), [&](const Field& field) { return field.key == key; });
}

}  // namespace

void refuseKeysOfOtherMachines(const std::vector<Entry>& entries, MachineKind kind) {
  Config config;
  config.machine = kind;
  std::set<std::string> own;
  for (const Field& field : configSchema(config)) own.insert(field.key);
  for (const Entry& entry : entries) {
    if (own.count(entry.key) != 0) continue;
    for (std::size_t other = 0; other < kMachineKinds; ++other) {
      if (!has(static_cast<MachineKind>(other), entry.key)) continue;
      throw UserError(fmt::format("{}: {}: expected a key of machine: {}, found one of machine: {}",
                                  entry.place, entry.key, machineNames()[static_cast<std::size_t>(kind)],
                                  machineNames()[other]));
    }
  }
}

}  // namespace pim::platform
