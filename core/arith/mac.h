#pragma once

#include <cstdint>

#include "core/arith/activation.h"
#include "core/formats/weight_row.h"

/// Matrix x vector in exact integers: whatever way a matrix is split, the partial sums add up to the same
/// bits.
namespace pim {

/// Largest K of a row of 4-bit weights for which the 64-bit sum is proved wide enough: the longest row there
/// is.
constexpr std::uint32_t kMaxK = 65536;

/// The same for any format, up to kMaxK: wider codes leave less room.
std::uint32_t largestExactK(const WeightFormat& format, std::uint32_t activationBits);

/// S of docs/numerics.md over one record: the definition.
std::int64_t macRow(const WeightRowView& weights, const ActivationView& activation);

/// One tile: `rows` weight rows, one after another, times `vectors` activation records, one after another.
struct MacBlock {
  std::uint32_t rows = 0;
  std::uint32_t k = 0;  ///< weights of a row; a multiple of the group
  std::uint32_t vectors = 0;
  WeightFormat format;
  std::uint32_t activationBits = 16;
};

/// Adds macRow(row, vector) to sums[vector * pitch + row]; the caller clears the sums before the first tile.
void macBlock(const MacBlock& block, const std::uint8_t* weightRows, const std::uint8_t* records,
              std::int64_t* sums, std::uint32_t pitch);

/// Rounds a complete sum to Q16, once. base: of the activation records; weightExponent: wexp of the matrix.
inline int macResultShift(int base, int weightExponent) {
  return -(base + weightExponent + 16);
}
inline Q16 macResult(std::int64_t sum, int base, int weightExponent) {
  return sat32(roundShift(sum, macResultShift(base, weightExponent)));
}

}  // namespace pim
