#include "tlm/die/die_link.h"

#include <algorithm>
#include <cstring>

namespace pim {

DieLink::DieLink(const DieTiming::Parameters& timing, DieIndex die, Counters& counters,
                 ActivityObserver* activity)
    : m_hop(timing.hop), m_timing(timing), m_die(die), m_counters(counters), m_activity(activity) {}

Picoseconds DieLink::transfer(LinkDirection direction, std::uint64_t parts, std::uint64_t partBytes,
                              sc_core::sc_time& delay, const CommandRequest& request) {
  const DieTiming::Transfer transfer = m_timing.transfer(direction, parts, partBytes, absoluteTime(delay));
  const std::uint64_t bytes = parts * partBytes;
  m_last = transfer;
  m_arrival = transfer.arrival;
  delay = toScTime(m_arrival) - sc_core::sc_time_stamp();

  auto& traffic = direction == LinkDirection::Down ? m_counters.linkInBytes : m_counters.linkOutBytes;
  traffic[request.stream] += bytes * request.multiplicity;
  m_counters.linkBusy += (transfer.end - transfer.begin) * request.multiplicity;
  m_counters.dieRamBytes += 2 * bytes * request.multiplicity;  // written and read again
  if (m_activity != nullptr) {
    const std::uint64_t dies = request.diesFrom(m_die).mask();
    m_activity->onTransfer(dies, direction, bytes, transfer.begin, transfer.end);
    m_activity->onDieRam(dies, transfer.ramBegin, transfer.ramEnd);
  }
  return transfer.begin;
}

void DieLink::beside(sc_core::sc_time& delay) {
  m_arrival = m_timing.beside(absoluteTime(delay));
  delay = toScTime(m_arrival) - sc_core::sc_time_stamp();
}

void DieLink::tellData(LinkDirection direction, const tlm::tlm_generic_payload& payload,
                       const CommandRequest& request) const {
  if (m_activity == nullptr || request.timingOnly || payload.get_data_ptr() == nullptr) return;
  std::uint64_t head = 0;
  std::memcpy(&head, payload.get_data_ptr(), std::min<std::size_t>(sizeof head, payload.get_data_length()));
  m_activity->onData(request.diesFrom(m_die).mask(), direction, head);
}

bool DieLink::sameTiming(const DieLink& other) const {
  return m_timing.sameFrom(toPicoseconds(sc_core::sc_time_stamp()), other.m_timing);
}

std::int64_t DieLink::idleCycles(std::uint64_t parts, std::uint64_t partBytes) const {
  return (m_timing.timeFor(parts, partBytes) + m_hop) / cycle();
}

}  // namespace pim
