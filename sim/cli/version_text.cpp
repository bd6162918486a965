#include "sim/cli/version_text.h"

#include "sim/cli/commit.h"

namespace pim::sim {

std::string versionText() {
  return "pimtlm " PIMTLM_VERSION " (commit " PIMTLM_COMMIT ")";
}

}  // namespace pim::sim
