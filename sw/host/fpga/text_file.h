#pragma once

#include <string>

namespace pim::host::fpga {

/// Returns the contents of a file of at most 256 MiB. Throws a UserError that names the file.
std::string readTextFile(const std::string& path);

}  // namespace pim::host::fpga
