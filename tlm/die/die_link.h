#pragma once

#include <cstdint>
#include <optional>
#include <tlm>

#include "core/base/ids.h"
#include "core/link/die_timing.h"
#include "core/observe/activity.h"
#include "core/observe/statistics.h"
#include "tlm/kit/transaction.h"

namespace pim {

/// The link of a die to the Controller: computes the times at which accesses cross it, counts and reports
/// them.
class DieLink {
 public:
  /// `activity` may be null.
  DieLink(const DieTiming::Parameters& timing, DieIndex die, Counters& counters, ActivityObserver* activity);

  /// Moves `parts` times `partBytes` over link and DieRAM. The delay grows until their arrival; returns the
  /// time at which they began.
  Picoseconds transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                       sc_core::sc_time& delay, const CommandRequest& request);
  /// Moves a doorbell or register access, which does not wait for data.
  void beside(sc_core::sc_time& delay);
  /// Shows the first bytes of a transfer to the observer.
  void tellData(LinkDirection direction, const tlm::tlm_generic_payload& payload,
                const CommandRequest& request) const;

  // For LockstepClasses of the chip.
  bool sameTiming(const DieLink& other) const;
  void adoptTiming(const DieLink& other) { m_timing = other.m_timing; }

  // For an engine in parallel with the model or in its place.
  Picoseconds cycle() const { return m_timing.clock().period(); }
  /// Return the cycles of a hop, and of a transfer without waits.
  std::int64_t hopCycles() const { return m_hop / cycle(); }
  std::int64_t idleCycles(std::uint64_t parts, std::uint64_t partBytes) const;
  /// The last transfer since forget(), if there was one.
  const std::optional<DieTiming::Transfer>& last() const { return m_last; }
  void forget() { m_last.reset(); }
  /// Return the begin and the arrival of the last access of any kind.
  Picoseconds begun() const { return m_last ? m_last->begin : m_arrival - m_hop; }
  Picoseconds arrival() const { return m_arrival; }

 private:
  Picoseconds m_hop;
  DieTiming m_timing;
  DieIndex m_die;
  Counters& m_counters;
  ActivityObserver* m_activity;
  std::optional<DieTiming::Transfer> m_last;
  Picoseconds m_arrival = 0;
};

}  // namespace pim
