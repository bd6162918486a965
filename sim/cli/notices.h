#pragma once

#include <iostream>
#include <string>
#include <vector>

namespace pim::sim {

/// Prints notices about a run that continues, one line each, on stderr.
inline void tell(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) std::cerr << "pimtlm: " << notice << '\n';
}

}  // namespace pim::sim
