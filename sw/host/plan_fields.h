#pragma once

#include "sw/abi/pim_plan.h"
#include "sw/host/bram_layout.h"
#include "sw/host/mapping_options.h"
#include "tlm/core/chip_shape.h"

namespace pim::host {

/// The fields of a plan that come straight from chip and options: identification, sizes, formats, schedule.
void setOptions(pim_plan& plan, const ChipShape& chip, const MappingOptions& options);

/// Input and result buffers in BRAM.
void setMatrixBuffers(pim_plan& plan, const MatrixBuffers& buffers);

}  // namespace pim::host
