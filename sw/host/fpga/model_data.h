#pragma once

#include "core/fpga/datapath.h"
#include "sw/host/quantise/quantized_model.h"

namespace pim::host::fpga {

/// Reads every matrix of the model into memory, for the FPGA's datapath.
pim::fpga::ModelData modelData(const QuantizedModel& model);

}  // namespace pim::host::fpga
