#pragma once

#include <string>

namespace pim::sim {

/// "pimtlm 0.1.0 (commit 0123456789ab)"; the commit is "unknown" where the build is outside a repository.
std::string versionText();

}  // namespace pim::sim
