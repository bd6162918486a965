#pragma once

#include "sw/host/mapping_options.h"
#include "tlm/core/chip_shape.h"
#include "tlm/core/model_shape.h"

namespace pim::host {

/// Throws UserError when chip and options contradict each other.
void checkOptions(const ChipShape& chip, const MappingOptions& options);

/// Throws UserError when the model's sizes contradict each other, or the options.
void checkShape(const ModelShape& shape, const MappingOptions& options);

}  // namespace pim::host
