#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace pim::sim {

/// Prints notices about a run that continues, one line each, on stderr.
inline void tell(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) std::cerr << "pimtlm: " << notice << '\n';
}

/// Tells that a sequence is longer than the model was made for. `context`: 0 if that is unknown.
inline void tellIfLonger(std::uint64_t tokens, std::uint32_t context) {
  if (context == 0 || tokens <= context) return;
  tell({fmt::format("the sequence may reach {} tokens, but the model was made for {}", tokens, context)});
}

}  // namespace pim::sim
