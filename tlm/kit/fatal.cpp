#include "tlm/kit/fatal.h"

#include <stdexcept>
#include <systemc>

namespace pim {

void fatal(const char* who, const std::string& what) {
  SC_REPORT_FATAL(who, what.c_str());
  throw std::logic_error(what);
}

}  // namespace pim
