#pragma once

#include <cstdint>

#include "core/arith/activation.h"
#include "core/formats/weight_row.h"

/// Matrix x vector in exact integers. Partial sums add up to the same bits however a matrix is split.
namespace pim {

/// Largest K of a row of 4-bit weights for which the 64-bit sum is proved wide enough; the longest row.
constexpr std::uint32_t kMaxK = 65536;

/// The same for any format, at most kMaxK: wider codes allow fewer elements.
std::uint32_t largestExactK(const WeightFormat& format, std::uint32_t activationBits);

/// Computes S of docs/numerics.md over one record. This is the definition.
std::int64_t macRow(const WeightRowView& weights, const ActivationView& activation);

/// One tile: `rows` weight rows and `vectors` activation records, each stored one after another.
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
