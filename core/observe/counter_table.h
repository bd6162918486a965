#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/observe/statistics.h"

namespace pim {

/// A number that is counted while the chip runs, as results show it.
struct CounterInfo {
  std::string path;  ///< in JSON, from its block on: "dram.activates"
  std::string unit;  ///< "1", "B", "s"
  std::string what;
  std::uint64_t (*sum)(const Counters&);  ///< seconds as picoseconds

  bool isTime() const { return unit == "s"; }
  /// In its unit, divided by `tokens`.
  double per(double tokens, const Counters& counters) const {
    const double each = static_cast<double>(sum(counters)) / tokens;
    return isTime() ? kSecondsPerPicosecond * each : each;
  }
};

/// All of them, block by block: JSON, docs/counters.md and the report page read this one list. A test fails
/// when a number of Counters is in none of its rows.
const std::vector<CounterInfo>& counterTable();

/// docs/counters.md.
std::string countersMarkdown();

}  // namespace pim
