#pragma once

#include <cstdint>

#include "abi/pim_layout.h"

namespace pim {

/// Returns the bytes of a K or V cache of `tokens` tokens.
inline std::uint64_t cacheBytes(std::uint32_t tokens, std::uint32_t headDim, std::uint32_t kvBits) {
  return std::uint64_t{pim_ceil_div(tokens, PIM_KV_BLOCK_TOKENS)} * pim_kv_block_bytes(headDim, kvBits);
}

/// Returns the number of cached tokens with codes in one column, at least one.
inline std::uint32_t tokensPerColumn(std::uint32_t headDim, std::uint32_t kvBits) {
  const std::uint32_t tokenBits = headDim * kvBits;
  return tokenBits == 0 ? 1 : pim_ceil_div(8 * PIM_COLUMN_BYTES, tokenBits);
}

}  // namespace pim
