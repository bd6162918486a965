#include "tlm/rtl/rtl_assertion.h"

#include <filesystem>

#include "verilated.h"

namespace pim {
namespace {

/// The first assertion that failed; empty: none.
thread_local std::string failed;

}  // namespace

void requireAssertions() {
  if (failed.empty()) return;
  const RtlAssertion assertion(failed);
  failed.clear();
  throw assertion;
}

void dropAssertions() {
  failed.clear();
}

}  // namespace pim

// Verilator calls this function for a failed assertion and for $stop (VL_USER_STOP in cmake/Verilated.cmake).
void vl_stop(const char* filename, int linenum, const char*) {
  if (pim::failed.empty())
    pim::failed = std::filesystem::path(filename).filename().string() + ":" + std::to_string(linenum);
}
