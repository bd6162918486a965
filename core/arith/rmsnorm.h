#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

namespace pim {

/// Largest n for which the intermediate widths are proved sufficient.
constexpr std::uint32_t kMaxNormLength = 65536;

/// y = x / sqrt(mean(x^2) + eps) * gain over n elements; x, gain, y in Q16; y may be x.
/// eps32 = round(eps * 2^32), at least 1: it also keeps the quotient within 64 bits.
void rmsNorm(const Q16* x, const Q16* gain, std::uint32_t n, std::uint32_t eps32, Q16* y);

/// floor(sqrt(x)).
std::uint64_t integerSquareRoot(UInt128 x);

}  // namespace pim
