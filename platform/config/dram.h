#pragma once

#include "platform/config/config.h"
#include "tlm/core/dram/dram_timing.h"

namespace pim::platform {

/// The section `dram`, and what of `chip` and `bank` it depends on, as the DRAM model takes it. Rules between
/// timings: pim::validate().
pim::DramSettings dramSettings(const Config& config);

}  // namespace pim::platform
