#pragma once

#include "abi/pim_plan.h"
#include "core/base/chip_shape.h"
#include "sw/host/layout/bram_layout.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Sets the fields of a plan that depend only on chip and options: identification, sizes, formats, schedule.
void setOptions(pim_plan& plan, const ChipShape& chip, const MappingOptions& options);

/// Sets the input and result buffers in BRAM.
void setMatrixBuffers(pim_plan& plan, const MatrixBuffers& buffers);

}  // namespace pim::host
