#pragma once

#include "core/arith/mac.h"

namespace pim {

/// Whether rows hold dense 4-bit codes, which macBlock() multiplies as they are.
bool isNibbles(const WeightFormat& format);

/// macBlock() of any other format: (q - z) = sum of 16^n * (q_n - z_n) over the nibbles n of code and zero
/// point, so rows of nibbles, multiplied one after another, add up to the same exact sums.
void macBlockByNibbles(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
                       std::int64_t* sums, std::uint32_t pitch);

}  // namespace pim
