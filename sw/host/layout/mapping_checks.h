#pragma once

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// UserError: chip and options contradict each other.
void checkOptions(const ChipShape& chip, const MappingOptions& options);

/// UserError: the sizes of the model contradict each other or the options.
void checkShape(const ModelShape& shape, const MappingOptions& options);

}  // namespace pim::host
