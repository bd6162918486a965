#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/time.h"

namespace pim {

/// A change of a signal's value.
struct WaveChange {
  Picoseconds time;
  std::uint32_t signal;
  std::uint64_t value;
};

/// The part of a waveform that falls into a window.
struct WaveStretch {
  Picoseconds from = 0;
  Picoseconds to = 0;
  std::vector<std::uint64_t> initial;  ///< by signal: at `from`, with changes at that time
  std::vector<WaveChange> changes;     ///< later ones up to and with `to`, in the order of time
};

/// Changes of signals with the times at which they happen, which may be ahead of simulated time or in the
/// past. Of two changes of a signal at the same time, the one added later counts.
class WaveQueue {
 public:
  /// Returns a number for a signal that has `value` until it changes.
  std::uint32_t addSignal(std::uint64_t value = 0);

  void change(std::uint32_t signal, Picoseconds time, std::uint64_t value) {
    if (time <= m_end) m_changes.push_back({time, signal, value});
  }

  /// States that changes before `time` are not needed any more.
  void forget(Picoseconds time);
  /// States that changes after `time` are not needed.
  void endAt(Picoseconds time) { m_end = time; }

  std::size_t size() const { return m_changes.size(); }

  WaveStretch stretch(Picoseconds from, Picoseconds to) const;

 private:
  std::vector<std::uint64_t> m_values;  // by signal: of the latest discarded change
  std::vector<Picoseconds> m_since;     // and its time
  std::vector<WaveChange> m_changes;    // in the order in which they were added
  std::size_t m_forgetAt = 1 << 12;     // minimum number of changes for which a search is worthwhile
  Picoseconds m_end = std::numeric_limits<Picoseconds>::max();
};

}  // namespace pim
