#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "tlm/trace/wave_leaf.h"

namespace pim {

/// The part of a run that a waveform shows.
struct WaveWindow {
  enum class At : std::uint8_t { Run, Time, Prefill, Decode, FirstMismatch };
  static constexpr std::int64_t kAll = -1;

  At at = At::Run;
  std::int64_t token = kAll;  ///< Decode: number of the token, from 0
  std::int64_t layer = kAll;  ///< Prefill, Decode: number of the layer; in a prefill, its first pass
  Picoseconds from = 0;       ///< Time
  Picoseconds to = std::numeric_limits<Picoseconds>::max();
  Picoseconds before = 0;  ///< FirstMismatch: time shown before it, and after
  Picoseconds after = 0;

  /// Returns the part of file names for the window: "decode0.layer3".
  std::string name() const;
};

/// The signals of units that waveforms show, and when: one file per window.
struct WaveProfile {
  std::string name;
  std::uint64_t dies = 0;   ///< bit mask
  std::uint64_t banks = 0;  ///< bit mask, in each of these dies
  WaveLeaves leaves;
  bool data = false;  ///< includes the leaves with data
  std::vector<WaveWindow> windows;
  std::uint64_t mostChanges = 4'000'000;  ///< a window is cut if it has more

  bool shows(WaveLeaf leaf) const { return leaves.has(leaf) && (data || !waveLeafInfo(leaf).data); }
};

}  // namespace pim
