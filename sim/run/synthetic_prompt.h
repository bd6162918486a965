#pragma once

#include <cstdint>
#include <vector>

namespace pim::sim {

/// Returns token ids without meaning; neighbouring ids differ.
inline std::vector<std::uint32_t> syntheticPrompt(std::uint32_t tokens, std::uint32_t vocab) {
  std::vector<std::uint32_t> ids(tokens);
  for (std::uint32_t i = 0; i < tokens; ++i) ids[i] = (1 + 31 * i) % vocab;
  return ids;
}

}  // namespace pim::sim
