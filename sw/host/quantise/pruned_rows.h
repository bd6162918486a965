#pragma once

#include <memory>
#include <vector>

#include "sw/host/quantise/quantized_model.h"

namespace pim::host {

/// Rows of k dense 4-bit weights, pruned to `sparse`, which is otherwise the same format. Drops the smallest
/// weights (Pruning), each multiplied by inputs[its index] if inputs are given. The weights kept have the
/// same code and scale as before.
std::shared_ptr<const WeightRows> prunedRows(std::shared_ptr<const WeightRows> dense, std::uint32_t k,
                                             const WeightFormat& sparse, std::vector<float> inputs);

}  // namespace pim::host
