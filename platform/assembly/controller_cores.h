#pragma once

#include "platform/assembly/chip.h"

namespace pim::platform {

/// Makes the core that controller.core selects. Throws a UserError if there is no program for it.
CoreFactory coreFactory(const Config& config, const ChipOptions& options);

}  // namespace pim::platform
