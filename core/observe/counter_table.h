#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/observe/statistics.h"

namespace pim {

/// A counter of the chip, as results show it.
struct CounterInfo {
  std::string path;  ///< in JSON, from its block on: "dram.activates"
  std::string unit;  ///< "1", "B", "s"
  std::string what;
  std::uint64_t (*sum)(const Counters&);  ///< seconds as picoseconds

  bool isTime() const { return unit == "s"; }
  /// Returns the value in its unit, divided by `tokens`.
  double per(double tokens, const Counters& counters) const {
    const double each = static_cast<double>(sum(counters)) / tokens;
    return isTime() ? kSecondsPerPicosecond * each : each;
  }
};

/// Returns all counters, block by block. JSON, docs/counters.md and the report page use this list. A test
/// fails if a member of Counters is missing in it.
const std::vector<CounterInfo>& counterTable();

/// Returns the text of docs/counters.md.
std::string countersMarkdown();

}  // namespace pim
