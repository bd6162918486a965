#pragma once

#include <cstdint>

#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// A model of the given shape with random weights: outputs of every layer have about the magnitude of their
/// inputs, so that all stages work in their usual range. Rows are generated when read, so a 7B model takes no
/// memory. The same seed gives the same bits everywhere. Needs hidden, mlp and queryWidth() to be multiples
/// of the group.
QuantizedModel makeRandomModel(const ModelShape& shape, const ModelFormats& formats, std::uint64_t seed);

}  // namespace pim::host
