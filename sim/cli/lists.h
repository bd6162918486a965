#pragma once

#include <string>
#include <vector>

namespace pim::sim {

/// Returns the lines that --list prints: `presets`, `models` or `keys`. UserError for any other word.
std::vector<std::string> listed(const std::string& what);

}  // namespace pim::sim
