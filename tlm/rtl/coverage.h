#pragma once

#include <atomic>
#include <cstdlib>
#include <string>

#include "verilated.h"
#if VM_COVERAGE
#include <unistd.h>

#include <stdexcept>
#include <type_traits>

#include "verilated_cov.h"
#include "verilated_save.h"
#endif

namespace pim {

/// Whether a Verilated model can be saved and restored.
#if VM_COVERAGE
constexpr bool kCanBeSaved = false;
/// Verilator 5.006 cannot make a model that both counts coverage and can be saved.
template <typename Model, typename = std::enable_if_t<std::is_base_of_v<VerilatedModel, Model>>>
VerilatedSerialize& operator<<(VerilatedSerialize&, Model&) {
  throw std::logic_error("a model that counts coverage cannot be saved");
}
template <typename Model, typename = std::enable_if_t<std::is_base_of_v<VerilatedModel, Model>>>
VerilatedDeserialize& operator>>(VerilatedDeserialize&, Model&) {
  throw std::logic_error("a model that counts coverage cannot be restored");
}
#else
constexpr bool kCanBeSaved = true;
#endif

/// In a build that counts coverage, writes the coverage of a Verilated model to $PIMTLM_RTL_COVERAGE_DIR.
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
