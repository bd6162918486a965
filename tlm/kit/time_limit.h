#pragma once

#include <stdexcept>

#include "core/base/time.h"

namespace pim {

/// Simulated time has 63 bits of picoseconds. Commands must end before half of that, so that no sum of two
/// times overflows.
constexpr Picoseconds kLatestTime = Picoseconds{1} << 62;
constexpr const char* kTimeLimitText =
    "simulated time exceeds 2^62 ps (53 days): expected shorter timings or fewer tokens";

/// Throws std::range_error with kTimeLimitText if `time` exceeds the limit.
inline void requireInTime(Picoseconds time) {
  if (time < 0 || time > kLatestTime) throw std::range_error(kTimeLimitText);
}

}  // namespace pim
