#pragma once

#include <cstdint>

namespace pim {

/// 2^(-t / 2048) in Q1.15: t in Q5.11 (0..65535), result 0..32768. 32 linear segments per octave; the error
/// is below 2.5 LSB (tested for all inputs).
std::uint32_t exp2neg(std::uint32_t t);

/// The same before the shift by octaves: 2^(-(t mod 2048) / 2048) in Q1.15, 16384..32768.
std::uint32_t exp2Fraction(std::uint32_t t);

}  // namespace pim
