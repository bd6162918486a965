#pragma once

#include "core/base/chip_shape.h"
#include "platform/config/config.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::sim {

/// What the planner needs to know of a configuration.
ChipShape chipShape(const platform::Config& config);
host::MappingOptions mappingOptions(const platform::Config& config);

}  // namespace pim::sim
