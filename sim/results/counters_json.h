#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "core/observe/counter_table.h"

namespace pim::sim {

/// The counters of one block ("dram") of counterTable(), per token, nested by their paths.
nlohmann::ordered_json countersJson(const std::string& block, const Counters& counters, std::size_t tokens);
/// Total counts: whole numbers, except seconds.
nlohmann::ordered_json countersJson(const std::string& block, const Counters& counters);

/// All counters with unit and description, per token: the rows of a table on the report page.
nlohmann::ordered_json counterRowsJson(const Counters& counters, std::size_t tokens);

}  // namespace pim::sim
