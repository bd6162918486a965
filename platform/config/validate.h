#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/address_map.h"
#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::platform {

/// A rule that no single key breaks by itself.
struct Violation {
  std::vector<std::string> keys;  ///< those the rule ties together; the first one is named in the message
  std::string expectation;
};

/// The first rule between keys that the configuration breaks; its single values lie in their ranges already.
std::optional<Violation> findViolation(const Config& config);
std::optional<Violation> findViolation(const ModelShape& shape);

/// What lies where on the bus: "registers", "cram", "cmem", "die0", ... in this order. UserError: see
/// AddressMap::add.
AddressMap memoryMap(const Config& config);

}  // namespace pim::platform
