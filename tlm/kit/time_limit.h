#pragma once

#include <cstddef>
#include <stdexcept>

#include "core/base/time.h"

namespace pim {

/// Simulated time has 63 bits of picoseconds. Commands must end before half of that, so that no sum of two
/// times overflows.
constexpr Picoseconds kLatestTime = Picoseconds{1} << 62;
constexpr const char* kTimeLimitText =
    "simulated time exceeds 2^62 ps (53 days): expected shorter timings or fewer tokens";

constexpr const char* kBusyLimitText =
    "the busy time of all banks exceeds 2^63 ps (107 days): expected shorter timings or fewer tokens";

/// Adds `times` times `time`, of so many banks, to their sum. Throws std::range_error with kBusyLimitText if
/// it overflows: the sum of a chip with many banks reaches the limit long before simulated time does.
inline void addBusyTime(Picoseconds& sum, Picoseconds time, std::size_t times) {
  Picoseconds added = 0;
  if (__builtin_mul_overflow(time, times, &added) || __builtin_add_overflow(sum, added, &sum))
    throw std::range_error(kBusyLimitText);
}

/// Throws std::range_error with kTimeLimitText if `time` exceeds the limit.
inline void requireInTime(Picoseconds time) {
  if (time < 0 || time > kLatestTime) throw std::range_error(kTimeLimitText);
}

}  // namespace pim
