#pragma once

#include <cstdint>
#include <functional>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Whether a chip, options and a context can be planned as a whole: what a refusal advises is tried first.
using CanPlan = std::function<bool(const ChipShape&, const MappingOptions&, std::uint32_t context)>;

/// Throws the UserError for a context that the banks' DRAM has no room for: what is short by how many bytes,
/// and the settings each of which alone would do.
[[noreturn]] void refuseCapacity(const ModelShape& shape, const ChipShape& chip,
                                 const MappingOptions& options, bool embeddingInBanks, std::uint32_t context,
                                 const CanPlan& canPlan);

/// The same for a context whose scores BRAM has no room for.
[[noreturn]] void refuseScores(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                               std::uint32_t context, const CanPlan& canPlan);

}  // namespace pim::host
