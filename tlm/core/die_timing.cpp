#include "tlm/core/die_timing.h"

#include <algorithm>

namespace pim {
namespace {

/// Without beats: every picosecond is an edge.
Clock beatClock(const DieTiming::Parameters& parameters) {
  if (parameters.beatBytes <= 1) return Clock(1);
  return Clock(std::max<Picoseconds>(parameters.link.timeFor(parameters.beatBytes), 1));
}

}  // namespace

DieTiming::DieTiming(const Parameters& parameters)
    : m_parameters(parameters), m_clock(beatClock(parameters)) {}

DieTiming::Transfer DieTiming::transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                                        Picoseconds now) {
  const std::uint64_t beat = m_parameters.beatBytes;
  const std::uint64_t bytes = parts * ((partBytes + beat - 1) / beat * beat);
  Picoseconds& linkFree =
      direction == LinkDirection::Down || !m_parameters.fullDuplex ? m_downFree : m_upFree;
  const Picoseconds begin = m_clock.edgeAtOrAfter(std::max(now, linkFree));
  const Picoseconds linkEnd = begin + m_parameters.link.timeFor(bytes);
  const Picoseconds ramBegin = std::max(begin, m_ramFree);
  m_ramFree = ramBegin + m_clock.edgeAtOrAfter(m_parameters.ram.timeFor(bytes));
  linkFree = std::max(linkEnd, m_ramFree);
  return {begin, linkFree, linkFree + m_parameters.hop, ramBegin, m_ramFree};
}

}  // namespace pim
