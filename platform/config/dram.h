#pragma once

#include "core/dram/dram_timing.h"
#include "platform/config/config.h"

namespace pim::platform {

/// Returns the settings of the DRAM model, from the section `dram` and the keys of `chip` and `bank` that it
/// needs. pim::validate() checks rules between timings.
pim::DramSettings dramSettings(const Config& config);

}  // namespace pim::platform
