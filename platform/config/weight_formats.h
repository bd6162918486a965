#pragma once

#include "core/formats/model_formats.h"
#include "platform/config/config.h"

namespace pim::platform {

/// Returns the formats of a model's matrices. Reads the file of weights.bits if there is one. Its keys are
/// `default`, a matrix (nameOf(MatrixKind)) in all layers, or LAYER.MATRIX in one, each with the bits of its
/// codes; later lines take precedence over earlier ones. UserError names file, line and key.
ModelFormats modelFormats(const WeightConfig& weights);

}  // namespace pim::platform
