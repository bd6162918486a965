#pragma once

#include <vector>

#include "platform/config/config.h"
#include "platform/config/document.h"

namespace pim::platform {

/// Throws a UserError for an entry whose key exists only for other kinds of machine than `kind`. Keys that no
/// kind has are left to applyEntries().
void refuseKeysOfOtherMachines(const std::vector<Entry>& entries, MachineKind kind);

}  // namespace pim::platform
