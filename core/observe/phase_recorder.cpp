#include "core/observe/phase_recorder.h"

#include "abi/pim_abi.h"

namespace pim {

void PhaseRecorder::mark(std::uint32_t kind, std::uint32_t index, Picoseconds now) {
  countBusy(now);
  const CriticalPath::Shares critical = m_path.cut(now);
  if (m_open) {
    Phase& phase = m_phases.back();
    phase.end = now;
    phase.counters = m_statistics.counters - m_countersAtStart;
    phase.critical = critical;
  }
  m_open = kind != PIM_MARK_END;
  if (!m_open) return;
  Phase phase;
  phase.kind = kind;
  phase.index = index;
  phase.start = now;
  m_phases.push_back(phase);
  m_countersAtStart = m_statistics.counters;
}

void PhaseRecorder::sleep(Picoseconds from, Picoseconds to) {
  countBusy(from);
  m_counted = to;
  m_path.sleep(from, to);
}

void PhaseRecorder::countBusy(Picoseconds until) {
  m_statistics.counters.busy[static_cast<std::size_t>(Component::Firmware)] += until - m_counted;
  m_counted = until;
}

}  // namespace pim
