#include "tlm/die/die_interrupt.h"

#include <iterator>

#include "tlm/kit/transaction.h"

namespace pim {

DieInterrupt::DieInterrupt(const sc_core::sc_module_name& name)
    : sc_module(name), line("line"), m_changes{{0, false}}, m_due("due") {
  SC_HAS_PROCESS(DieInterrupt);
  SC_METHOD(drive);
  sensitive << m_due;
  dont_initialize();
}

bool DieInterrupt::raisedAt(Picoseconds time) const {
  return std::prev(m_changes.upper_bound(time))->second;
}

void DieInterrupt::changeAt(Picoseconds time, bool raised) {
  const auto firstToCome = m_changes.upper_bound(toPicoseconds(sc_core::sc_time_stamp()));
  m_changes.erase(m_changes.begin(), std::prev(firstToCome));
  m_changes.emplace(time, raised);
  m_due.notify(toScTime(time) - sc_core::sc_time_stamp());
}

void DieInterrupt::drive() {
  const Picoseconds now = toPicoseconds(sc_core::sc_time_stamp());
  const auto latest = std::prev(m_changes.upper_bound(now));
  if (m_status && latest->second) latest->second = m_status();
  if (line.size() > 0) line->write(latest->second);
}

}  // namespace pim
