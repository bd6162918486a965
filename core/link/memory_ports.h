#pragma once

#include <array>
#include <deque>
#include <functional>

#include "core/base/memory_rates.h"

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
      std::function<void(ControllerMemoryKind, std::uint64_t bytes, Picoseconds begin, Picoseconds end)>;

  explicit MemoryPorts(const MemoryRates& rates) : m_rates(rates) {}
  void observe(Observer observer) { m_observer = std::move(observer); }

  /// Moves bytes of the memory from `from` on, without its latency.
  PortCalendar::Span move(ControllerMemoryKind kind, std::uint64_t bytes, Picoseconds from);
  void forgetBefore(Picoseconds time);

  const MemoryRates& rates() const { return m_rates; }
  /// Moved so far.
  std::uint64_t bytes(ControllerMemoryKind kind) const { return m_bytes[static_cast<std::size_t>(kind)]; }

 private:
  MemoryRates m_rates;
  Observer m_observer;
  std::array<PortCalendar, kControllerMemories> m_ports;
  std::array<std::uint64_t, kControllerMemories> m_bytes{};
};

}  // namespace pim
