#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/time.h"

namespace pim {

/// A signal takes a value.
struct WaveChange {
  Picoseconds time;
  std::uint32_t signal;
  std::uint64_t value;
};

/// The part of a waveform that falls into a window.
struct WaveStretch {
  Picoseconds from = 0;
  Picoseconds to = 0;
  std::vector<std::uint64_t> initial;  ///< by signal: at `from`, changes at that very time included
  std::vector<WaveChange> changes;     ///< later ones up to `to` inclusive, in the order of time
};

/// Changes of signals, annotated with the time they are to happen at, which may lie ahead of simulated time
/// or behind it. Of two changes of a signal at the same time the one added later counts.
class WaveQueue {
 public:
  /// A number for a signal that has `value` until it changes.
  std::uint32_t addSignal(std::uint64_t value = 0);

  void change(std::uint32_t signal, Picoseconds time, std::uint64_t value) {
    if (time <= m_end) m_changes.push_back({time, signal, value});
  }

  /// Nobody will ask for what happened before `time`.
  void forget(Picoseconds time);
  /// Nobody will ask for what happens after `time`.
  void endAt(Picoseconds time) { m_end = time; }

  std::size_t size() const { return m_changes.size(); }

  WaveStretch stretch(Picoseconds from, Picoseconds to) const;

 private:
  std::vector<std::uint64_t> m_values;  // by signal: of the latest change forgotten
  std::vector<Picoseconds> m_since;     // and its time
  std::vector<WaveChange> m_changes;    // in the order of being told
  std::size_t m_forgetAt = 1 << 12;     // so that going through all of them is worth it
  Picoseconds m_end = std::numeric_limits<Picoseconds>::max();
};

}  // namespace pim
