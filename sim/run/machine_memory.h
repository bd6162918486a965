#pragma once

#include <cstdint>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::sim {

/// Throws a UserError of one line unless the model and a KV cache of `context` tokens fit into the memory of
/// an FPGA or a phone. Does nothing for the PIM chip: its planner knows what fits.
void requireMemory(const ModelShape& shape, const platform::Config& config, std::uint32_t context);

}  // namespace pim::sim
