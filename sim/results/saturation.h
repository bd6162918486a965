#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/arith/saturation.h"

namespace pim::sim {

/// The `saturation` of a run with data: values that were clipped where their format ends, in all and by
/// place.
nlohmann::ordered_json saturationJson(const ClippedValues& clipped);

/// One line for people; empty where nothing was clipped.
std::string saturationNotice(const ClippedValues& clipped);

}  // namespace pim::sim
