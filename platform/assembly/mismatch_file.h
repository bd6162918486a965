#pragma once

#include <string>

namespace pim::platform {

/// Where the waveform of a block of RTL goes that differs from its model: in `directory`, or, where that is
/// empty, in the working directory.
inline std::string mismatchFile(const std::string& directory, const std::string& block) {
  return (directory.empty() ? "" : directory + "/") + "mismatch." + block + ".vcd";
}

}  // namespace pim::platform
