#pragma once

#include <cstdint>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Throws the UserError for a context that the banks' DRAM has no room for: what is short by how many bytes,
/// and the settings each of which alone would make it fit.
[[noreturn]] void refuseCapacity(const ModelShape& shape, const ChipShape& chip,
                                 const MappingOptions& options, bool embeddingInBanks, std::uint32_t context);

/// The same for a context whose scores BRAM has no room for.
[[noreturn]] void refuseScores(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                               std::uint32_t context);

}  // namespace pim::host
