#pragma once

#include <cstdint>

#include "core/base/fixed_point.h"

/// Rotary position embedding. Phases are fractions of a turn in 32 bits, so positions wrap exactly.
namespace pim {

/// sin and cos of 2 pi * phase / 2^32, Q1.15 in -32768..32768.
std::int32_t ropeSin(std::uint32_t phase);
std::int32_t ropeCos(std::uint32_t phase);

/// Rotates head[headDim] in place: pair (2j, 2j+1) by position * frequencies[j] (headDim / 2 entries, turns
/// per position in Q32).
void rotateHead(Q16* head, std::uint32_t headDim, std::uint32_t position, const std::uint32_t* frequencies);

}  // namespace pim
