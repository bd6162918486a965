#pragma once

#include <cstdint>
#include <vector>

#include "core/observe/critical_path.h"
#include "core/observe/statistics.h"

namespace pim {

/// The part of a run between two marks of the firmware.
struct Phase {
  std::uint32_t kind = 0;   ///< enum pim_mark
  std::uint32_t index = 0;  ///< number of the token
  Picoseconds start = 0;
  Picoseconds end = 0;
  Counters counters;  ///< of this part alone
  CriticalPath::Shares critical{};

  Picoseconds duration() const { return end - start; }
};

/// Divides the counters and the critical path at the firmware's marks, and counts the time in which the
/// firmware's core is busy.
class PhaseRecorder {
 public:
  PhaseRecorder(Statistics& statistics, CriticalPath& path) : m_statistics(statistics), m_path(path) {}

  /// The mark ends the open phase and, unless it is PIM_MARK_END, begins the next.
  void mark(std::uint32_t kind, std::uint32_t index, Picoseconds now);
  /// The core slept; until then it was busy since its last sleep.
  void sleep(Picoseconds from, Picoseconds to);

  const std::vector<Phase>& phases() const { return m_phases; }

 private:
  void countBusy(Picoseconds until);

  Statistics& m_statistics;
  CriticalPath& m_path;
  std::vector<Phase> m_phases;
  bool m_open = false;
  Counters m_countersAtStart;
  Picoseconds m_counted = 0;  // the core's time is counted up to here
};

}  // namespace pim
