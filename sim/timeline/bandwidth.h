#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "core/base/time.h"

namespace pim::sim {

/// Bytes over time as a bandwidth, averaged over slices of a microsecond. Transfers come in any order; a
/// slice is handed out when nothing can be added to it any more.
class BandwidthCounter {
 public:
  static constexpr Picoseconds kSlice = 1'000'000;

  /// Told of a slice's beginning and GB/s; of zero where traffic stops.
  using Sink = std::function<void(Picoseconds, double)>;
  explicit BandwidthCounter(Sink sink) : m_sink(std::move(sink)) {}

  void add(double bytes, Picoseconds begin, Picoseconds end);
  /// Nothing that is still to come begins before `time`.
  void advance(Picoseconds time);
  void finish();

 private:
  void emit(std::int64_t slice, double bytes);

  Sink m_sink;
  std::map<std::int64_t, double> m_bytes;  // of slices not handed out yet
  std::int64_t m_after = -1;               // the slice behind the last one that had traffic
};

}  // namespace pim::sim
