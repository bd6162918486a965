#include "core/observe/critical_path.h"

#include <algorithm>

namespace pim {

const CriticalPath::Node& CriticalPath::latestDoneBy(Picoseconds time) const {
  const Node* best = &m_origin;
  const std::size_t depth = std::min(m_count, kWindow);
  for (std::size_t back = 1; back <= depth && best->done != time; ++back) {
    const Node& node = m_nodes[(m_count - back) % kWindow];
    if (node.done <= time && node.done > best->done) best = &node;
  }
  return *best;
}

void CriticalPath::record(const CommandRecord& command) {
  const auto add = [](Shares& shares, Component component, Picoseconds time) {
    shares[static_cast<std::size_t>(component)] += time;
  };
  const bool queued = command.start > command.ready + command.latency;
  const Picoseconds held = queued ? command.start : command.ready;
  const Node& cause = latestDoneBy(held);

  Node node;
  node.done = command.done;
  node.shares = cause.shares;
  // Nothing ran that it waited for: the firmware had not posted it yet, or the unit recovered from what it
  // did last.
  const bool late = !queued && command.ready == command.posted;
  add(node.shares, late ? Component::Firmware : Component::Latency, held - cause.done);
  if (!queued) add(node.shares, Component::Latency, command.start - command.ready);
  add(node.shares, command.component, command.done - command.start);

  m_nodes[m_count++ % kWindow] = node;
  if (node.done >= m_last.done) m_last = node;
}

}  // namespace pim
