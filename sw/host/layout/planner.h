#pragma once

#include <cstdint>

#include "core/base/chip_shape.h"
#include "core/base/model_shape.h"
#include "sw/host/layout/layout.h"
#include "sw/host/layout/mapping_options.h"

namespace pim::host {

/// Lays a model out over a chip, with room in the cache for `context` tokens, or, when that is 0, for as many
/// as fit and the model was made for. Gains, frequencies and exponents are places only until packModel()
/// fills them. Throws UserError when something does not fit, saying what is short by how many bytes and which
/// settings would make it fit, or when shapes and options contradict each other.
Layout planModel(const ModelShape& shape, const ChipShape& chip, const MappingOptions& options,
                 std::uint32_t context = 0);

/// Lays out a single matrix (rows x k) for PIM_JOB_MATRIX with up to `batch` vectors. It is plan.head.
Layout planMatrix(std::uint32_t rows, std::uint32_t k, std::uint32_t batch, const ChipShape& chip,
                  const MappingOptions& options);

}  // namespace pim::host
