#pragma once

#include <atomic>
#include <cstdlib>
#include <string>

#include "verilated.h"
#if VM_COVERAGE
#include <unistd.h>

#include "verilated_cov.h"
#endif

namespace pim {

/// In a build that counts coverage, leaves what a Verilated model met in $PIMTLM_RTL_COVERAGE_DIR.
inline void writeCoverage([[maybe_unused]] VerilatedContext& context, [[maybe_unused]] const char* block) {
#if VM_COVERAGE
  static std::atomic<unsigned> models{0};
  if (const char* directory = std::getenv("PIMTLM_RTL_COVERAGE_DIR")) {
    context.coveragep()->write((std::string(directory) + "/" + block + "." + std::to_string(getpid()) + "." +
                                std::to_string(models++) + ".dat")
                                   .c_str());
  }
#endif
}

}  // namespace pim
