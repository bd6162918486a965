#pragma once

#include <string>
#include <vector>

#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

/// Another value for one key of a configuration.
struct Change {
  std::string key;
  std::string value;
  Lever::Cost cost = Lever::Cost::kNone;

  std::string text() const { return key + '=' + value; }  ///< as --set takes it
};

/// Every lever of the schema turned by one step, one at a time, in the order of the schema; without those
/// that the rules between keys refuse.
std::vector<Change> singleChanges(const Config& config);

/// The configuration with the change. Throws UserError if the key is unknown, or the value or the whole is
/// refused.
Config changed(const Config& config, const Change& change);

}  // namespace pim::platform
