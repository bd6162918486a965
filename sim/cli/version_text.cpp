#include "sim/cli/version_text.h"

#include "sim/cli/commit.h"
#include "sim/cli/version.h"

namespace pim::sim {

std::string versionText() {
  return std::string("pimtlm ") + kVersion + " (commit " PIMTLM_COMMIT ")";
}

}  // namespace pim::sim
