#pragma once

#include <array>
#include <deque>
#include <functional>

#include "core/base/memory_rates.h"
#include "core/observe/statistics.h"

namespace pim {

/// The schedule of a memory's port. Uses are requested in the order in which commands are posted,
/// which may differ from the order of time. An earlier command keeps the time that it was given; a
/// later one uses the remaining time, in several pieces if necessary. The port therefore never exceeds
/// its bandwidth, and of two commands that need it at the same time, the one posted first goes first.
class PortCalendar {
 public:
  struct Span {
    Picoseconds begin = 0, end = 0;
  };
  /// Is called for each piece of a use.
  using Tell = std::function<void(Picoseconds begin, Picoseconds end)>;

  /// Reserves `time` of the port from `from` on. Returns the begin of the
  /// first piece and the end of the last; both are `from` if `time` is 0.
  Span take(Picoseconds from, Picoseconds time, const Tell& tell = {});

  /// Promises that no later request begins before `time`.
  void forgetBefore(Picoseconds time);

 private:
  std::deque<Span> m_taken;  // in order; no two touch
};

/// The ports of the Controller's memories. Three kinds of traffic share them: transfers
/// over the links, descriptors that the command processor fetches, and streams of the ALUs.
class MemoryPorts {
 public:
  /// Is called for each piece of a use, with its number of bytes.
  using Observer =
      std::function<void(ControllerMemoryKind, double bytes, Picoseconds begin, Picoseconds end)>;

  MemoryPorts(const MemoryRates& rates, Counters& counters) : m_rates(rates), m_counters(counters) {}
  void observe(Observer observer) { m_observer = std::move(observer); }

  /// Moves bytes of a memory from `from` on, and counts them. The latency of the memory is not included.
  PortCalendar::Span move(ControllerMemoryKind kind, std::uint64_t bytes, Picoseconds from);
  void forgetBefore(Picoseconds time);

  const MemoryRates& rates() const { return m_rates; }

 private:
  MemoryRates m_rates;
  Counters& m_counters;
  Observer m_observer;
  std::array<PortCalendar, kControllerMemories> m_ports;
};

}  // namespace pim
