#pragma once

#include "platform/config/config.h"
#include "platform/config/field.h"

namespace pim::platform {

// The keys of each kind of machine, without `name` and `machine`. configSchema() selects the kind.

Schema pimSchema(Config& config);
Schema fpgaSchema(Config& config);
Schema phoneSchema(Config& config);

}  // namespace pim::platform
