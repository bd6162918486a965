#pragma once

#include <iostream>
#include <string>
#include <vector>

namespace pim::sim {

/// What a user should know of a run that goes on, a line each on stderr.
inline void tell(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) std::cerr << "pimtlm: " << notice << '\n';
}

}  // namespace pim::sim
