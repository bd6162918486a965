#pragma once

#include <cstdint>

#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// Makes a model of the given shape with random weights. The outputs of every layer have about the magnitude
/// of their inputs, so that all stages work in their usual range. Rows are generated when they are read, so a
/// 7B model takes no memory. The same seed gives the same bits on every machine. hidden, mlp and queryWidth()
/// must be multiples of the group.
QuantizedModel makeRandomModel(const ModelShape& shape, const ModelFormats& formats, std::uint64_t seed);

}  // namespace pim::host
