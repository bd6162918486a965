#pragma once

#include <cstdlib>
#include <string>

namespace pim::cli {

/// The folder of real models that may lie beside the project, with a slash at its end.
inline std::string sharedModels() {
  const char* shared = std::getenv("PIMTLM_SHARED");
  return std::string(shared != nullptr ? shared : PIMTLM_SHARED_DEFAULT) + "/models/";
}

}  // namespace pim::cli
