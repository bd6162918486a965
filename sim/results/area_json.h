#pragma once

#include <nlohmann/json.hpp>

#include "sim/analysis/metrics.h"

namespace pim::sim {

/// The `area` of a result: parts in mm2, the total with its range, tokens/s per mm2 of each stage that ran.
nlohmann::ordered_json areaJson(const platform::Config& config, const Stage& prefill, const Stage& decode);

}  // namespace pim::sim
