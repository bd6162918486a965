#include "core/observe/critical_path.h"

#include <algorithm>

namespace pim {

bool Units::meet(const Units& other) const {
  const auto isLink = [](Kind of) { return of == Kind::kLinksDown || of == Kind::kLinksUp; };
  const bool same = kind == other.kind || (halfDuplex && isLink(kind) && isLink(other.kind));
  if (!same || kind == Kind::kNone) return false;
  if (kind == Kind::kAlus) return true;
  return (dies & other.dies) != 0 && (kind != Kind::kBanks || (banks & other.banks) != 0);
}

CriticalPath::CriticalPath() : m_nodes(kHistory) {}

void CriticalPath::add(Shares& shares, Component component, Picoseconds from, Picoseconds to) const {
  const Picoseconds begin = std::max(from, m_cut);
  if (to > begin) shares[static_cast<std::size_t>(component)] += to - begin;
}

CriticalPath::Shares CriticalPath::pathUntil(const Node& node, Picoseconds time) const {
  if (time <= m_cut) return {};
  Shares shares = node.shares;
  const Picoseconds beyond = node.done - std::max(time, std::max(node.begin, m_cut));
  shares[static_cast<std::size_t>(node.component)] -= std::max<Picoseconds>(beyond, 0);
  return shares;
}

CriticalPath::Shares CriticalPath::firmwareUntil(Picoseconds now) const {
  Shares shares = m_awake <= m_cut ? Shares{} : m_beforeAwake;
  add(shares, Component::Firmware, m_awake, now);
  return shares;
}

const CriticalPath::Served* CriticalPath::holderOf(const CommandRecord& command) const {
  const Served* holder = nullptr;
  Picoseconds latest = command.ready + command.latency;
  const std::size_t depth = std::min(m_count, kServed);
  for (std::size_t back = 1; back <= depth; ++back) {
    const Served& served = m_served[(m_count - back) % kServed];
    const Picoseconds until = std::min(served.done, command.start);
    if (until <= latest || served.begin >= command.start || !served.units.meet(command.units)) continue;
    holder = &served;
    latest = until;
    if (latest == command.start) break;
  }
  return holder;
}

Picoseconds CriticalPath::record(const CommandRecord& command) {
  Node node;
  node.sequence = command.sequence;
  node.done = command.done;
  node.component = command.component;
  const Picoseconds arrival = command.ready + command.latency;
  const Served* holder = command.start > arrival ? holderOf(command) : nullptr;
  if (holder != nullptr) {
    node.cause = holder->sequence;
    node.causeUntil = node.begin = std::min(holder->done, command.start);
  } else {
    node.begin = arrival;
    node.causeUntil = command.ready;
    if (command.ready > command.posted) node.cause = command.awaited;
  }
  follow(node);
  nodeOf(command.sequence) = node;
  m_served[m_count++ % kServed] = {command.units, node.begin, node.done, command.sequence};
  m_newest = command.sequence;
  m_lastDone = std::max(m_lastDone, node.done);
  return node.begin;
}

void CriticalPath::follow(Node& node) {
  node.shares = node.cause == PIM_NO_SEQUENCE ? firmwareUntil(node.causeUntil)
                                              : pathUntil(nodeOf(node.cause), node.causeUntil);
  add(node.shares, Component::Latency, node.causeUntil, node.begin);
  add(node.shares, node.component, node.begin, node.done);
}

void CriticalPath::sleep(Picoseconds from, Picoseconds to) {
  Shares before = firmwareUntil(from);
  // Whoever else woke it, the host, is not a part of the chip: the firmware waited for it.
  add(before, Component::Firmware, from, to);
  const std::size_t depth = std::min(m_count, kHistory);
  for (std::size_t back = 0; back < depth; ++back) {
    const Node& node = nodeOf(m_newest - static_cast<std::uint32_t>(back));
    if (node.done != to) continue;
    before = pathUntil(node, to);
    break;
  }
  m_beforeAwake = before;
  m_awake = to;
}

CriticalPath::Shares CriticalPath::cut(Picoseconds now) {
  const Shares shares = firmwareUntil(now);
  m_cut = now;
  if (m_lastDone <= now) return shares;
  // What is in flight counts from here on; its causes come before it.
  const std::size_t depth = std::min(m_count, kHistory);
  for (std::size_t back = depth; back-- > 0;) {
    Node& node = nodeOf(m_newest - static_cast<std::uint32_t>(back));
    if (node.done > now) follow(node);
  }
  return shares;
}

}  // namespace pim
