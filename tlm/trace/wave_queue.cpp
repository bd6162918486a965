#include "tlm/trace/wave_queue.h"

#include <algorithm>

namespace pim {

std::uint32_t WaveQueue::addSignal(std::uint64_t value) {
  m_values.push_back(value);
  m_since.push_back(std::numeric_limits<Picoseconds>::min());
  return static_cast<std::uint32_t>(m_values.size() - 1);
}

void WaveQueue::forget(Picoseconds time) {
  if (m_changes.size() < m_forgetAt) return;
  const auto kept = std::remove_if(m_changes.begin(), m_changes.end(), [&](const WaveChange& change) {
    if (change.time >= time) return false;
    if (change.time >= m_since[change.signal]) {
      m_since[change.signal] = change.time;
      m_values[change.signal] = change.value;
    }
    return true;
  });
  m_changes.erase(kept, m_changes.end());
  m_forgetAt = std::max<std::size_t>(1 << 12, 2 * m_changes.size());
}

WaveStretch WaveQueue::stretch(Picoseconds from, Picoseconds to) const {
  WaveStretch result;
  result.from = from;
  result.to = to;
  result.initial = m_values;
  std::vector<Picoseconds> since = m_since;
  for (const WaveChange& change : m_changes) {
    if (change.time > to) continue;
    if (change.time > from) {
      result.changes.push_back(change);
    } else if (change.time >= since[change.signal]) {
      since[change.signal] = change.time;
      result.initial[change.signal] = change.value;
    }
  }
  std::stable_sort(result.changes.begin(), result.changes.end(),
                   [](const WaveChange& a, const WaveChange& b) { return a.time < b.time; });
  return result;
}

}  // namespace pim
