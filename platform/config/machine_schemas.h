#pragma once

#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

// The keys of each kind of machine, without `name` and `machine`, and the cost of changing a key.
// configSchema() selects the kind.

constexpr Lever kCostsMore{Lever::Cost::kSilicon, Lever::Better::kMore};
constexpr Lever kCostsLess{Lever::Cost::kSilicon, Lever::Better::kLess};
constexpr Lever kLargerChip{Lever::Cost::kSize, Lever::Better::kMore};
constexpr Lever kFreeMore{Lever::Cost::kSchedule, Lever::Better::kMore};
constexpr Lever kFreeEither{Lever::Cost::kSchedule, Lever::Better::kEither};

Schema pimSchema(Config& config);
Schema fpgaSchema(Config& config);
Schema phoneSchema(Config& config);

}  // namespace pim::platform
