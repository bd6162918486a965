#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace pim::sim {

/// The contents of a report page. The page contains all of it as JSON; page.js shows the parts that exist.
struct PageContent {
  std::string command;            ///< command line that repeats the run
  nlohmann::ordered_json result;  ///< the machine-readable result
  nlohmann::ordered_json series;  ///< reportSeries(), or empty
};

/// Returns a single HTML file that needs no other file and no network.
std::string reportPage(const PageContent& content);

}  // namespace pim::sim
