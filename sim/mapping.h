#pragma once

#include "platform/config/config.h"
#include "sw/host/mapping_options.h"
#include "tlm/core/chip_shape.h"

namespace pim::sim {

/// What the planner needs to know of a configuration.
ChipShape chipShape(const platform::Config& config);
host::MappingOptions mappingOptions(const platform::Config& config);

}  // namespace pim::sim
