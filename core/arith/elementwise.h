#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"
#include "core/formats/weight_row.h"

/// The small operations of the Controller's ALUs.
namespace pim {

/// Computes residual += y over n elements, saturating.
void addResidual(Q16* residual, const Q16* y, std::uint32_t n);

/// Converts an embedding row, a weight row of k weights in one tile, to Q16.
void dequantiseRow(const WeightRowView& row, int weightExponent, Q16* y);

/// Computes y[i] = sum over parts of partial[part * stride + i], rounded once by `shift` (macResultShift or
/// pvResultShift).
void reducePartials(const std::int64_t* partial, std::uint32_t parts, std::uint32_t stride, std::uint32_t n,
                    int shift, Q16* y);

/// Returns the lowest index of the largest of n values; n > 0.
std::uint32_t argmax(const Q16* x, std::uint32_t n);

}  // namespace pim
