#pragma once

#include "core/formats/model_formats.h"
#include "platform/config/config.h"

namespace pim::platform {

/// The formats of a model's matrices. Reads the file of weights.bits where there is one: keys `default`, a
/// matrix (nameOf(MatrixKind)) in all layers, or LAYER.MATRIX in one, each with the bits of its codes; what
/// stands later in the file goes before what stands earlier. UserError names file, line and key.
ModelFormats modelFormats(const WeightConfig& weights);

}  // namespace pim::platform
