#pragma once

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// If mapping.auto is on, returns the configuration with the fastest mapping for the job and with
/// mapping.auto off, so that it names the mapping that runs; prints the mapping on standard error. Otherwise
/// returns the configuration unchanged. Call it before this process elaborates a chip, because each candidate
/// runs in its own process. UserError: no mapping fits.
platform::Config withMappingFor(const platform::Config& config, const ModelShape& shape, const PointJob& job);

}  // namespace pim::sim
