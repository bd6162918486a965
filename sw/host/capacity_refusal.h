#pragma once

#include <cstdint>

#include "sw/host/mapping_options.h"
#include "tlm/core/chip_shape.h"
#include "tlm/core/model_shape.h"

namespace pim::host {

/// Throws the UserError for a context that the banks' DRAM has no room for: what is short by how many bytes,
/// and the settings each of which alone would make it fit.
[[noreturn]] void refuseCapacity(const ModelShape& shape, const ChipShape& chip,
                                 const MappingOptions& options, bool embeddingInBanks, std::uint32_t context);

/// The same for a context whose scores BRAM has no room for.
[[noreturn]] void refuseScores(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                               std::uint32_t context);

}  // namespace pim::host
