#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::platform {

/// A broken rule between several keys.
struct Violation {
  std::vector<std::string> keys;  ///< the keys of the rule; the message names the first one
  std::string expectation;
};

/// Returns the first rule between keys that the configuration breaks. Each value is already within its own
/// range.
std::optional<Violation> findViolation(const Config& config);
std::optional<Violation> findViolation(const ModelShape& shape);

}  // namespace pim::platform
