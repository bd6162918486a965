#pragma once

#include <vector>

#include "core/formats/weight_row.h"
#include "tests/core/arith/arith_random.h"

namespace pim {

/// Every format that can be computed with, of one group.
inline std::vector<WeightFormat> computableFormats(std::uint32_t group) {
  std::vector<WeightFormat> formats;
  for (const bool storesZeros : {false, true}) {
    for (const std::uint32_t bits : {3u, 4u, 5u, 8u})
      formats.push_back({group, bits, 16, storesZeros ? storedZeroBits(bits) : 0, 0});
    for (const std::uint32_t kept : {8u, 4u, 2u})
      formats.push_back({group, 4, 16, storesZeros ? 4u : 0u, kept});
  }
  return formats;
}

/// A row as it was written: what a sparse one drops has the code of its zero point.
struct WrittenRow {
  std::vector<std::uint8_t> codes, zeros;
  std::vector<std::uint16_t> scales;
  std::vector<std::uint8_t> bytes;
};

inline WrittenRow randomWeightRow(ArithRandom& random, std::uint32_t k, const WeightFormat& format) {
  const std::uint32_t codes = format.largestCode() + 1, groups = k / format.group;
  WrittenRow row{random.bytes(k, codes), random.bytes(groups, codes), random.words(groups), {}};
  if (format.zeroBits == 0) row.zeros.assign(groups, format.symmetricZero());
  if (format.isSparse()) {
    for (std::uint32_t block = 0; block < k; block += kSparseBlock) {
      // At most as many as are kept, anywhere in the block.
      std::vector<bool> kept(kSparseBlock);
      for (std::uint32_t n = 0; n < format.sparsity; ++n) kept[random.below(kSparseBlock)] = true;
      for (std::uint32_t i = 0; i < kSparseBlock; ++i)
        if (!kept[i]) row.codes[block + i] = row.zeros[block / format.group];
    }
  }
  row.bytes.assign(weightRowBytes(k, format), 0xAA);
  writeWeightRow(row.codes.data(), row.zeros.data(), row.scales.data(), k, format, row.bytes.data());
  return row;
}

}  // namespace pim
