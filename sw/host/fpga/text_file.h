#pragma once

#include <string>

namespace pim::host::fpga {

/// The whole of a file of at most 256 MiB. Throws a UserError that names it.
std::string readTextFile(const std::string& path);

}  // namespace pim::host::fpga
