#pragma once

#include <cstdint>

#include "core/arith/mac.h"

namespace pim {

constexpr std::uint32_t kChunk = 32;              // codes of one group that are added up together
constexpr std::uint32_t kHalfChunk = kChunk / 2;  // the same, where a row is unpacked to bytes
constexpr std::uint32_t kLargestStep = 512;       // codes of a step, with the widest vectors
constexpr std::uint32_t kMostTileVectors = 8;     // vectors of a tile, with the widest vectors

/// Returns the shift of the group that contains mantissa `at`; 0 behind the end of the record.
inline std::uint32_t shiftAt(const ActivationView& record, std::size_t at) {
  if (at >= record.k()) return 0;
  return static_cast<std::uint32_t>(record.shift(static_cast<std::uint32_t>(at) / record.group()));
}

/// The records of a block in the order that the loops of an instruction set need: in steps (mac_steps-inl.h),
/// in tiles (mac_tiles-inl.h) or in steps of bytes (mac_bytes-inl.h). Data behind the end of a record, or
/// behind the last record, is zero, and so are its products.
struct ArrangedInputs {
  std::uint32_t padded = 0;           // k, rounded up to kLargestStep
  std::int16_t* inOrder = nullptr;    // [padded], a record's mantissas: scratch
  std::int16_t* mantissas = nullptr;  // room for `padded` for each vector, whole tiles of them
  std::int32_t* chunkSums = nullptr;  // one for each kChunk mantissas, or each kHalfChunk for bytes
  std::uint32_t* shifts = nullptr;    // the same
  std::uint8_t* codes = nullptr;      // [padded], the codes of a row as bytes: scratch
};

}  // namespace pim
