#include "core/link/die_timing.h"

#include <algorithm>

namespace pim {
namespace {

constexpr Picoseconds kNever = -1;

Clock beatClock(const DieTiming::Parameters& parameters) {
  if (parameters.beatBytes <= 1) return Clock(1);
  return Clock(std::max<Picoseconds>(parameters.link.timeFor(parameters.beatBytes), 1));
}

}  // namespace

DieTiming::DieTiming(const Parameters& parameters)
    : m_parameters(parameters), m_clock(beatClock(parameters)) {
  m_requests.fill(kNever);
}

Picoseconds DieTiming::request(Picoseconds now) {
  if (m_parameters.beatBytes <= 1) return now;
  Picoseconds edge = m_clock.edgeAtOrAfter(now);
  while (std::find(m_requests.begin(), m_requests.end(), edge) != m_requests.end()) edge += m_clock.period();
  std::move_backward(m_requests.begin(), m_requests.end() - 1, m_requests.end());
  m_requests.front() = edge;
  return edge;
}

bool DieTiming::sameFrom(Picoseconds time, const DieTiming& other) const {
  if (!(m_directions[0] == other.m_directions[0] && m_directions[1] == other.m_directions[1])) return false;
  return std::equal(m_requests.begin(), m_requests.end(), other.m_requests.begin(),
                    [time](Picoseconds a, Picoseconds b) { return a == b || (a < time && b < time); });
}

void DieTiming::Direction::serve(const Served& next) {
  std::move_backward(served.begin(), served.end() - 1, served.end());
  served.front() = next;
}

void DieTiming::Direction::forgetBefore(Picoseconds time) {
  const auto end =
      std::remove_if(served.begin(), served.end(), [time](const Served& one) { return one.end <= time; });
  std::fill(end, served.end(), Served{});
}

std::uint64_t DieTiming::bytesOnLink(std::uint64_t parts, std::uint64_t partBytes) const {
  const std::uint64_t beat = m_parameters.beatBytes;
  return parts * ((partBytes + beat - 1) / beat * beat);
}

Picoseconds DieTiming::timeFor(std::uint64_t parts, std::uint64_t partBytes) const {
  const std::uint64_t bytes = bytesOnLink(parts, partBytes);
  return std::max(m_parameters.link.timeFor(bytes), m_clock.edgeAtOrAfter(m_parameters.ram.timeFor(bytes)));
}

DieTiming::Transfer DieTiming::transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                                        Picoseconds now) {
  const std::uint64_t bytes = bytesOnLink(parts, partBytes);
  const std::size_t which = direction == LinkDirection::Down || !m_parameters.fullDuplex ? 0 : 1;
  Direction& own = m_directions[which];
  Direction& opposite = m_directions[1 - which];
  const Picoseconds begin = request(std::max(now, own.free));
  const Picoseconds linkEnd = begin + m_parameters.link.timeFor(bytes);
  Picoseconds ramBegin = begin;  // earlier transfers in its own direction have ended
  for (const Served& other : opposite.served) {
    if (other.begin <= begin) ramBegin = std::max(ramBegin, other.end);
  }
  const Picoseconds ramEnd = ramBegin + m_clock.edgeAtOrAfter(m_parameters.ram.timeFor(bytes));
  own.free = std::max(linkEnd, ramEnd);
  if (m_parameters.fullDuplex) {
    own.serve({begin, ramEnd});
    own.forgetBefore(opposite.free);
    opposite.forgetBefore(own.free);
  }
  return {begin, own.free, own.free + m_parameters.hop, ramBegin, ramEnd};
}

}  // namespace pim
