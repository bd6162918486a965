#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/arith/saturation.h"

namespace pim::sim {

/// The `saturation` of a run with data: the number of values that were clipped at the limit of their format,
/// in total and per operation.
nlohmann::ordered_json saturationJson(const ClippedValues& clipped);

/// One line for people; empty where nothing was clipped.
std::string saturationNotice(const ClippedValues& clipped);

}  // namespace pim::sim
