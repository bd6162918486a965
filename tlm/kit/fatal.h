#pragma once

#include <string>

namespace pim {

/// Reports a mistake of the model as SC_REPORT_FATAL and throws std::logic_error, whatever the architect has
/// made of fatal reports: the caller never goes on.
[[noreturn]] void fatal(const char* who, const std::string& what);

}  // namespace pim
