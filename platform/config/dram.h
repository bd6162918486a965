#pragma once

#include "core/dram/dram_timing.h"
#include "platform/config/config.h"

namespace pim::platform {

/// The section `dram`, and what of `chip` and `bank` it depends on, as the DRAM model takes it. Rules between
/// timings: pim::validate().
pim::DramSettings dramSettings(const Config& config);

}  // namespace pim::platform
