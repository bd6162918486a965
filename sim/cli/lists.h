#pragma once

#include <string>
#include <vector>

namespace pim::sim {

/// What --list prints, a line each: `presets`, `models` or `keys`. UserError for anything else.
std::vector<std::string> listed(const std::string& what);

}  // namespace pim::sim
