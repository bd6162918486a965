#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "core/observe/counter_table.h"

namespace pim::sim {

/// The counters of a block ("dram") of counterTable(), nested as their paths are, per token.
nlohmann::ordered_json countersJson(const std::string& block, const Counters& counters, std::size_t tokens);
/// As counted: whole numbers, but for seconds.
nlohmann::ordered_json countersJson(const std::string& block, const Counters& counters);

/// All of them with unit and description, per token: the rows of the report page's table.
nlohmann::ordered_json counterRowsJson(const Counters& counters, std::size_t tokens);

}  // namespace pim::sim
