#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "core/base/time.h"

namespace pim::sim {

/// Converts transfers to bandwidth over time, averaged over slices of a microsecond. Transfers may come in
/// any order; a slice is passed to the sink when no further transfer can fall into it.
class BandwidthCounter {
 public:
  static constexpr Picoseconds kSlice = 1'000'000;

  /// Called with the beginning of a slice and GB/s; with zero when traffic stops.
  using Sink = std::function<void(Picoseconds, double)>;
  explicit BandwidthCounter(Sink sink) : m_sink(std::move(sink)) {}

  void add(double bytes, Picoseconds begin, Picoseconds end);
  /// States that no later transfer begins before `time`.
  void advance(Picoseconds time);
  void finish();

 private:
  void emit(std::int64_t slice, double bytes);

  Sink m_sink;
  std::map<std::int64_t, double> m_bytes;  // of slices not yet passed to the sink
  std::int64_t m_after = -1;               // the slice after the last one with traffic
};

}  // namespace pim::sim
