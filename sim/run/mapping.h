#pragma once

#include "core/base/chip_shape.h"
#include "platform/config/config.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::sim {

/// Returns the part of a configuration that the planner needs.
ChipShape chipShape(const platform::Config& config);
host::MappingOptions mappingOptions(const platform::Config& config);

}  // namespace pim::sim
