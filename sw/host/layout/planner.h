#pragma once

#include <cstdint>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/layout.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Places a model on a chip, with room in the cache for `context` tokens; if it is 0, for as many as fit and
/// the model supports. Gains, frequencies and exponents only get addresses; packModel() writes them.
/// UserError: something does not fit (the message names the missing bytes and settings that would be
/// sufficient), or shapes and options contradict each other.
Layout planModel(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                 std::uint32_t context = 0);

/// Places a single matrix (rows x k) for PIM_JOB_MATRIX with up to `batch` vectors. It is plan.head.
Layout planMatrix(std::uint32_t rows, std::uint32_t k, std::uint32_t batch, const ChipShape& chip,
                  const MappingOptions& options);

}  // namespace pim::host
