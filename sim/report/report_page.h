#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace pim::sim {

/// What a page shows. All of it goes into the page as JSON; page.js shows what is there and leaves out what
/// is not.
struct PageContent {
  std::string command;            ///< that repeats the run
  nlohmann::ordered_json result;  ///< the machine-readable result
  nlohmann::ordered_json series;  ///< reportSeries(), or empty
};

/// One HTML file that needs no other and no network.
std::string reportPage(const PageContent& content);

}  // namespace pim::sim
