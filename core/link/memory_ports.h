#pragma once

#include <array>
#include <deque>
#include <functional>

#include "core/base/memory_rates.h"
#include "core/observe/statistics.h"

namespace pim {

/// When a memory's one port is at what. Uses are asked for in the order in which commands are posted, which
/// is not that of time: an earlier command keeps the time that it was told, and a later one takes what is
/// left, in as many pieces as that takes. So the port never moves more than its bandwidth, and of two
/// commands that want it at once the older one goes first.
class PortCalendar {
 public:
  struct Span {
    Picoseconds begin = 0, end = 0;
  };
  /// Told of each piece of a use.
  using Tell = std::function<void(Picoseconds begin, Picoseconds end)>;

  /// Takes `time` of the port from `from` on. Returns the beginning of the first piece and the end of the
  /// last; both `from` if no time is asked for.
  Span take(Picoseconds from, Picoseconds time, const Tell& tell = {});

  /// Nothing that is still to come begins before `time`.
  void forgetBefore(Picoseconds time);

 private:
  std::deque<Span> m_taken;  // in order; no two touch
};

/// The ports of the Controller's memories, shared by all that moves data there: transfers over the links,
/// descriptors on their way to the command processor, streams of the ALUs.
class MemoryPorts {
 public:
  /// Told of each piece of a use, and how many bytes pass in it.
  using Observer =
      std::function<void(ControllerMemoryKind, double bytes, Picoseconds begin, Picoseconds end)>;

  MemoryPorts(const MemoryRates& rates, Counters& counters) : m_rates(rates), m_counters(counters) {}
  void observe(Observer observer) { m_observer = std::move(observer); }

  /// Moves bytes of the memory from `from` on, without its latency, and counts them.
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
