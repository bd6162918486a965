#pragma once

#include "core/arith/mac.h"

namespace pim {

/// Returns whether rows hold dense 4-bit codes, which macBlock() multiplies directly.
bool isNibbles(const WeightFormat& format);

/// macBlock() for any other format. (q - z) = sum of 16^n * (q_n - z_n) over the nibbles n of code and zero
/// point. Rows of nibbles, multiplied one after another, therefore add up to the same exact sums.
void macBlockByNibbles(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
                       std::int64_t* sums, std::uint32_t pitch);

}  // namespace pim
