#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "tlm/trace/wave_leaf.h"

namespace pim {

/// Which stretch of a run a waveform shows.
struct WaveWindow {
  enum class At : std::uint8_t { Run, Time, Prefill, Decode, FirstMismatch };
  static constexpr std::int64_t kAll = -1;

  At at = At::Run;
  std::int64_t token = kAll;  ///< Decode: which token, from 0
  std::int64_t layer = kAll;  ///< Prefill, Decode: which layer; of a prefill its first pass through it
  Picoseconds from = 0;       ///< Time
  Picoseconds to = std::numeric_limits<Picoseconds>::max();
  Picoseconds before = 0;  ///< FirstMismatch: how much is shown before it, and after
  Picoseconds after = 0;

  /// As files are called after it: "decode0.layer3".
  std::string name() const;
};

/// Which signals of which units waveforms show, and when: one file a window.
struct WaveProfile {
  std::string name;
  std::uint64_t dies = 0;   ///< bit mask
  std::uint64_t banks = 0;  ///< bit mask, of each of these dies
  WaveLeaves leaves;
  bool data = false;  ///< with the leaves that are data
  std::vector<WaveWindow> windows;
  std::uint64_t mostChanges = 4'000'000;  ///< a window is cut where it has more

  bool shows(WaveLeaf leaf) const { return leaves.has(leaf) && (data || !waveLeafInfo(leaf).data); }
};

}  // namespace pim
