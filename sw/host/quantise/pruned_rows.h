#pragma once

#include <memory>
#include <vector>

#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// Rows of k dense 4-bit weights without those that `sparse`, which is otherwise the same format, does not
/// keep: the smallest ones (Pruning), each times inputs[its index] where that is there. What stays keeps its
/// code and scale.
std::shared_ptr<const WeightRows> prunedRows(std::shared_ptr<const WeightRows> dense, std::uint32_t k,
                                             const WeightFormat& sparse, std::vector<float> inputs);

}  // namespace pim::host
