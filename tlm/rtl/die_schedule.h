#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/link/die_engine.h"

namespace pim {

/// Records all accesses to a die in a run, with the cycles in which they began and arrived, and repeats them
/// on pim_die at these times, overlapping as on the chip. A decoupled model does not make accesses in the
/// order of time, so it annotates the times for which they wait for each other; the repetition verifies these
/// times.
class DieSchedule {
 public:
  struct Entry {
    DieAccess access;
    std::vector<DieBankAccess> asked;  ///< requests to the banks
    std::int64_t begin = 0;            ///< cycles of the link's clock
    std::int64_t done = 0;
  };

  /// The results of the RTL.
  struct Seen {
    std::uint64_t accesses = 0;
    std::uint64_t overlapping = 0;  ///< began before an earlier one had arrived
    std::uint64_t later = 0;        ///< arrived later than annotated
    std::uint64_t earlier = 0;      ///< arrived earlier than annotated
    std::int64_t cyclesLater = 0;   ///< sum of all differences, with sign
    std::int64_t worst = 0;         ///< largest difference
    std::uint64_t wrong = 0;        ///< other errors or data

    Seen& operator+=(const Seen& other);
  };

  DieSchedule(std::uint32_t banks, bool halfDuplex) : m_banks(banks), m_halfDuplex(halfDuplex) {}

  void add(Entry entry) { m_entries.push_back(std::move(entry)); }
  /// Repeats the accesses in the order of time.
  Seen replay() const;

 private:
  class Banks;

  std::uint32_t m_banks;
  bool m_halfDuplex;
  std::vector<Entry> m_entries;
};

/// While an object exists, new RTL dies record their schedule.
class DieScheduleRecording {
 public:
  DieScheduleRecording();
  ~DieScheduleRecording();
  DieScheduleRecording(const DieScheduleRecording&) = delete;
  DieScheduleRecording& operator=(const DieScheduleRecording&) = delete;

  /// Returns the schedule for a new die; null if no recording is active.
  static std::shared_ptr<DieSchedule> schedule(std::uint32_t banks, bool halfDuplex);

  /// Repeats the accesses to all dies.
  DieSchedule::Seen replay() const;

 private:
  std::vector<std::shared_ptr<DieSchedule>> m_schedules;
};

}  // namespace pim
