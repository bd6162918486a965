#pragma once

#include <cstdint>

/// Loops of attention over 16-bit numbers, exact in 64 bits, with the vector instructions of the machine.
namespace pim {

/// Adds as an accumulator of 64 bits does: modulo 2^64. Sums of a model are exact; what a command finds in
/// memory may be any.
inline void accumulate(std::int64_t& sum, std::int64_t value) {
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(value));
}

/// Sum of a[i] * b[i]; |a[i]|, |b[i]| <= 32767.
std::int64_t dotProduct(const std::int16_t* a, const std::int16_t* b, std::uint32_t n);

/// sums[i] += weight * values[i].
void addWeighted(std::int32_t weight, const std::int16_t* values, std::uint32_t n, std::int64_t* sums);

}  // namespace pim
