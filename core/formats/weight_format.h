#pragma once

#include <cstdint>

#include "abi/pim_layout.h"

namespace pim {

/// How the weights of one matrix lie in BMEM. Layout: abi/pim_layout.h; meaning of the numbers:
/// docs/numerics.md.
struct WeightFormat {
  std::uint32_t group = 128;     ///< weights that share a scale: 32, 64 or 128
  std::uint32_t weightBits = 4;  ///< of a code: 3, 4, 5 or 8; 16 in runs without data
  std::uint32_t scaleBits = 16;  ///< 16; 0 in runs without data
  std::uint32_t zeroBits =
      0;  ///< 0: every zero point is symmetricZero() and none is stored; else storedZeroBits()
  std::uint32_t sparsity = 0;  ///< 0: dense; 8, 4, 2: kept of each kSparseBlock neighbours along K

  bool isSparse() const { return sparsity != 0; }
  /// Rows hold dense 4-bit codes.
  bool isNibbles() const { return weightBits == 4 && !isSparse(); }
  std::uint32_t largestCode() const { return (1u << weightBits) - 1; }
  /// Zero point of a format that stores none: the middle of the codes.
  std::uint8_t symmetricZero() const { return static_cast<std::uint8_t>(1u << (weightBits - 1)); }

  /// Returns the same format with codes of another width; zero points stay stored or not stored.
  WeightFormat withBits(std::uint32_t bits) const;
  WeightFormat withSparsity(std::uint32_t kept) const;
};

constexpr std::uint32_t kMaxGroup = 128;
constexpr std::uint32_t kSparseBlock = PIM_SPARSE_BLOCK;

bool operator==(const WeightFormat& a, const WeightFormat& b);
inline bool operator!=(const WeightFormat& a, const WeightFormat& b) {
  return !(a == b);
}

/// Bits of a stored zero point: a nibble or a byte that can hold a code.
constexpr std::uint32_t storedZeroBits(std::uint32_t weightBits) {
  return weightBits == 5 || weightBits == 8 ? 8 : 4;
}

/// Returns whether rows of the format can be read and multiplied. Other formats have only a size and a time.
bool isComputable(const WeightFormat& format);

/// Bytes of a row of k weights (k a multiple of the group), padding included.
std::uint32_t weightRowBytes(std::uint32_t k, const WeightFormat& format);

/// Bits of the codes of k weights without padding, including the positions of sparse weights.
std::uint64_t weightCodeBits(std::uint64_t k, const WeightFormat& format);

/// One column of codes as the units of a bank see it.
struct ColumnShape {
  std::uint32_t bits =
      8 * PIM_COLUMN_BYTES;     ///< size of the columns in which `codes` and `positions` are counted
  std::uint32_t codes = 0;      ///< number of codes in these columns
  std::uint32_t positions = 0;  ///< number of weights that they represent, whose activations are needed
  std::uint32_t passes = 1;     ///< of a multiplier per product
};

/// Dense codes may cross columns, so the number of codes per column is a fraction: `codes` in `bits`.
ColumnShape columnShape(const WeightFormat& format);

/// Products of a lane per code: lanes multiply codes of up to 5 bits, and wider ones nibble by nibble.
constexpr std::uint32_t passesOf(std::uint32_t weightBits) {
  return weightBits <= 5 ? 1 : (weightBits + 3) / 4;
}

}  // namespace pim
