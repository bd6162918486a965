#pragma once

#include <nlohmann/json.hpp>

#include "platform/config/config.h"

namespace pim::sim {

/// Peak rates of the chip, from its configuration. GB/s are 1e9 bytes per second.
struct Peaks {
  double bankGbPerS = 0;        ///< one bank streaming columns
  double banksGbPerS = 0;       ///< all of them
  double linksGbPerS = 0;       ///< all links, one direction
  double controllerGbPerS = 0;  ///< the ALUs' port: the lower of the rates of the memory and of CRAM's port
  double aluGops = 0;           ///< 1e9 operations per second, one per lane and clock, the Controller's ALUs
  double macGops = 0;           ///< 1e9 operations per second, two per multiply-accumulate, all MAC arrays
};
Peaks peaks(const platform::Config& config);

nlohmann::ordered_json toJson(const Peaks& peaks);

}  // namespace pim::sim
