#pragma once

#include <cstdint>
#include <functional>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Returns whether a chip, options and a context can be planned. A refusal suggests only settings for which
/// this is true.
using CanPlan = std::function<bool(const ChipShape&, const MappingOptions&, std::uint32_t context)>;

/// Throws the UserError for a context that does not fit into the DRAM of the banks. It names the bytes that
/// are missing, and settings each of which is sufficient.
[[noreturn]] void refuseCapacity(const ModelShape& shape, const ChipShape& chip,
                                 const MappingOptions& options, bool embeddingInBanks, std::uint32_t context,
                                 const CanPlan& canPlan);

/// The same for a context whose scores do not fit into BRAM.
[[noreturn]] void refuseScores(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                               std::uint32_t context, const CanPlan& canPlan);

/// The same for a chip on which ModelMatrices do not fit().
[[noreturn]] void refuseVectors(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                                std::uint32_t context, const CanPlan& canPlan);

}  // namespace pim::host
