#pragma once

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// Where mapping.auto is on: the configuration with the mapping that is the fastest for the job, and with
/// mapping.auto off, so that it says what runs; a line on standard error names what was taken. Otherwise the
/// configuration as it is. To be called before this process elaborates a chip: candidates run in processes of
/// their own. UserError: no mapping fits.
platform::Config withMappingFor(const platform::Config& config, const ModelShape& shape, const PointJob& job);

}  // namespace pim::sim
