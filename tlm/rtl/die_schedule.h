#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/link/die_engine.h"

namespace pim {

/// The accesses to a die of a whole run with the cycles in which they began and arrived, to give them to
/// pim_die once more at these times: beside each other, as they were on the chip. A decoupled model does not
/// make accesses in the order of time, so what they wait for each other is annotated; here it is seen.
class DieSchedule {
 public:
  struct Entry {
    DieAccess access;
    std::vector<DieBankAccess> asked;  ///< of the banks
    std::int64_t begin = 0;            ///< cycles of the link's clock
    std::int64_t done = 0;
  };

  /// What the RTL made of it.
  struct Seen {
    std::uint64_t accesses = 0;
    std::uint64_t overlapping = 0;  ///< began before an earlier one had arrived
    std::uint64_t later = 0;        ///< arrived later than annotated
    std::uint64_t earlier = 0;      ///< or before
    std::int64_t cyclesLater = 0;   ///< of all of them, less those gained
    std::int64_t worst = 0;         ///< the largest of the differences
    std::uint64_t wrong = 0;        ///< other errors or data

    Seen& operator+=(const Seen& other);
  };

  DieSchedule(std::uint32_t banks, bool halfDuplex) : m_banks(banks), m_halfDuplex(halfDuplex) {}

  void add(Entry entry) { m_entries.push_back(std::move(entry)); }
  /// In the order of time.
  Seen replay() const;

 private:
  class Banks;

  std::uint32_t m_banks;
  bool m_halfDuplex;
  std::vector<Entry> m_entries;
};

/// While one is alive, dies in RTL that are made keep their schedule.
class DieScheduleRecording {
 public:
  DieScheduleRecording();
  ~DieScheduleRecording();
  DieScheduleRecording(const DieScheduleRecording&) = delete;
  DieScheduleRecording& operator=(const DieScheduleRecording&) = delete;

  /// For dies: null where nobody records.
  static std::shared_ptr<DieSchedule> schedule(std::uint32_t banks, bool halfDuplex);

  /// Of all dies.
  DieSchedule::Seen replay() const;

 private:
  std::vector<std::shared_ptr<DieSchedule>> m_schedules;
};

}  // namespace pim
