#pragma once

#include <string>

namespace pim::sim {

/// Returns "pimtlm 0.1.0 (commit 0123456789ab)"; the commit is "unknown" if the build is outside a
/// repository.
std::string versionText();

}  // namespace pim::sim
