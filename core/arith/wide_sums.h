#pragma once

#include <cstdint>

/// Loops of attention over 16-bit numbers, exact in 64 bits, with the vector instructions of the machine.
namespace pim {

/// Sum of a[i] * b[i]; |a[i]|, |b[i]| <= 32767.
std::int64_t dotProduct(const std::int16_t* a, const std::int16_t* b, std::uint32_t n);

/// sums[i] += weight * values[i].
void addWeighted(std::int32_t weight, const std::int16_t* values, std::uint32_t n, std::int64_t* sums);

}  // namespace pim
