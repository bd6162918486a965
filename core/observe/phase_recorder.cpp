#include "core/observe/phase_recorder.h"

#include "abi/pim_abi.h"

namespace pim {

void PhaseRecorder::mark(std::uint32_t kind, std::uint32_t index, Picoseconds now) {
  if (m_open) {
    Phase& phase = m_phases.back();
    phase.end = now;
    phase.counters = m_statistics.counters - m_countersAtStart;
    for (std::size_t i = 0; i < kComponents; ++i) phase.critical[i] = m_path.shares()[i] - m_sharesAtStart[i];
  }
  m_open = kind != PIM_MARK_END;
  if (!m_open) return;
  Phase phase;
  phase.kind = kind;
  phase.index = index;
  phase.start = now;
  m_phases.push_back(phase);
  m_countersAtStart = m_statistics.counters;
  m_sharesAtStart = m_path.shares();
}

}  // namespace pim
