#pragma once

#include <string>

namespace pim {

/// Reports a bug of the model as SC_REPORT_FATAL and throws std::logic_error, even if the user changed the
/// action of fatal reports. Never returns.
[[noreturn]] void fatal(const char* who, const std::string& what);

}  // namespace pim
