#pragma once

#include <string>
#include <vector>

#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

/// A new value for one key of a configuration.
struct Change {
  std::string key;
  std::string value;
  Lever::Cost cost = Lever::Cost::kNone;

  std::string text() const { return key + '=' + value; }  ///< as an argument of --set
};

/// Returns one change per lever of the schema and per value one step away, in the order of the schema. Leaves
/// out changes that break a rule between keys.
std::vector<Change> singleChanges(const Config& config);

/// Returns the configuration with the change. Throws a UserError if the key is unknown or the new
/// configuration is invalid.
Config changed(const Config& config, const Change& change);

}  // namespace pim::platform
