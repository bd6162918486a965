#include "core/link/memory_ports.h"

#include <algorithm>

namespace pim {

PortCalendar::Span PortCalendar::take(Picoseconds from, Picoseconds time, const Tell& tell) {
  Span all{from, from};
  if (time == 0) return all;
  auto next = std::upper_bound(m_taken.begin(), m_taken.end(), from,
                               [](Picoseconds at, const Span& span) { return at < span.end; });
  bool first = true;
  for (Picoseconds at = from; time != 0;) {
    if (next != m_taken.end() && next->begin <= at) {  // the port is occupied
      at = next->end;
      ++next;
      continue;
    }
    const Picoseconds room = next == m_taken.end() ? time : next->begin - at;
    const Span piece{at, at + std::min(room, time)};
    time -= piece.end - piece.begin;
    if (first) all.begin = piece.begin;
    first = false;
    all.end = at = piece.end;
    if (tell) tell(piece.begin, piece.end);
    // Merges the piece with adjacent spans.
    const bool touchesLast = next != m_taken.begin() && (next - 1)->end == piece.begin;
    const bool touchesNext = next != m_taken.end() && next->begin == piece.end;
    if (touchesLast && touchesNext) {
      next->begin = (next - 1)->begin;
      next = m_taken.erase(next - 1);
    } else if (touchesLast) {
      (next - 1)->end = piece.end;
    } else if (touchesNext) {
      next->begin = piece.begin;
    } else {
      next = m_taken.insert(next, piece) + 1;
    }
  }
  return all;
}

void PortCalendar::forgetBefore(Picoseconds time) {
  while (!m_taken.empty() && m_taken.front().end <= time) m_taken.pop_front();
}

PortCalendar::Span MemoryPorts::move(ControllerMemoryKind kind, std::uint64_t bytes, Picoseconds from) {
  const auto index = static_cast<std::size_t>(kind);
  const Picoseconds time = m_rates.of(kind).timeFor(bytes);
  m_counters.memoryBytes[index] += bytes;
  m_counters.memoryBusy[index] += time;
  if (!m_observer) return m_ports[index].take(from, time);
  const double all = static_cast<double>(bytes);
  if (time == 0) {
    m_observer(kind, all, from, from);
    return {from, from};
  }
  return m_ports[index].take(from, time, [&](Picoseconds begin, Picoseconds end) {
    m_observer(kind, all * static_cast<double>(end - begin) / static_cast<double>(time), begin, end);
  });
}

void MemoryPorts::forgetBefore(Picoseconds time) {
  for (PortCalendar& port : m_ports) port.forgetBefore(time);
}

}  // namespace pim
