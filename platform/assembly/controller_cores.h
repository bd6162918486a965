#pragma once

#include "platform/assembly/chip.h"

namespace pim::platform {

/// Makes the core that controller.core selects. Throws a UserError if there is no program for it.
CoreFactory coreFactory(const Config& config, const ChipOptions& options);

/// Reads the times of a native core, or measures them for a cycle table of one's own, and keeps them. A
/// process that forks one for each simulation calls it first; otherwise coreFactory() does. Throws a
/// UserError like loadCycleTable().
void prepareCore(const Config& config);

}  // namespace pim::platform
