#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "abi/pim_layout.h"

namespace pim {

// The common part of the checks of bank commands. Sizes come from the descriptor, so each is limited before
// it is multiplied, and no product wraps around.
constexpr std::uint32_t kMostElements = 1u << 20;

inline bool fits(std::uint64_t offset, std::uint64_t bytes, std::uint64_t size) {
  return bytes <= size && offset <= size - bytes;
}

template <typename... Allowed>
bool oneOf(std::uint32_t value, Allowed... allowed) {
  return ((value == allowed) || ...);
}

inline bool isColumn(std::uint32_t bmem) {
  return bmem % PIM_COLUMN_BYTES == 0;
}

inline bool areWords(std::initializer_list<std::uint32_t> brams) {
  return std::all_of(brams.begin(), brams.end(), [](std::uint32_t bram) { return bram % 4 == 0; });
}

}  // namespace pim
