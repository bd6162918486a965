#include "platform/config/change.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"

namespace pim::platform {
namespace {

Config applied(const Config& config, const Change& change) {
  Config other = config;
  Schema schema = configSchema(other);
  applyEntries(schema, {{"change", change.key, change.value}});
  return other;
}

}  // namespace

std::vector<Change> singleChanges(const Config& config) {
  Config copy = config;  // the schema points into the object
  std::vector<Change> changes;
  for (const Field& field : configSchema(copy)) {
    for (const std::string& value : field.steps()) {
      const Change change{field.key, value, field.lever.cost};
      if (!findViolation(applied(config, change))) changes.push_back(change);
    }
  }
  return changes;
}

Config changed(const Config& config, const Change& change) {
  Config other = applied(config, change);
  if (const auto violation = findViolation(other)) {
    throw UserError(fmt::format("change: {}: {}", violation->keys.front(), violation->expectation));
  }
  return other;
}

}  // namespace pim::platform
