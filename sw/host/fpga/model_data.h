#pragma once

#include "core/fpga/datapath.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host::fpga {

/// The model as the FPGA's datapath takes it: every matrix read into memory.
pim::fpga::ModelData modelData(const QuantizedModel& model);

}  // namespace pim::host::fpga
