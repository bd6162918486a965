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
  node.command.forEachUnitSpan([&](Component component, Picoseconds from, Picoseconds to) {
    const Picoseconds beyond = std::max(from, std::max(time, m_cut));
    if (to > beyond) shares[static_cast<std::size_t>(component)] -= to - beyond;
  });
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
    const Picoseconds until = std::min(served.left, command.start);
    if (until <= latest || served.begin >= command.start || !served.units.meet(command.units)) continue;
    holder = &served;
    latest = until;
    if (latest == command.start) break;
  }
  return holder;
}

void CriticalPath::record(CommandRecord& command) {
  const Picoseconds arrival = command.ready + command.latency;
  const Served* holder = command.start > arrival ? holderOf(command) : nullptr;
  command.begin = holder != nullptr ? std::min(holder->left, command.start) : arrival;
  if (command.fed == 0) command.start = command.begin;
  command.fetching = std::min(std::max(command.released, m_fetched), command.ready);

  Node& node = nodeOf(command.sequence);
  node.command = command;
  node.holder = holder != nullptr ? holder->sequence : std::uint32_t{PIM_NO_SEQUENCE};
  if (command.fetching > command.released) {
    node.cause = Cause::kDescriptor;
    node.causeUntil = m_fetched;
  } else {
    node.cause = command.released > command.posted ? Cause::kCommand : Cause::kFirmware;
    node.causeUntil = command.released;
  }
  follow(node);
  m_served[m_count++ % kServed] = {command.units, command.begin, command.left, command.sequence};
  m_newest = command.sequence;
  m_lastDone = std::max(m_lastDone, command.done);
}

CriticalPath::Shares CriticalPath::pathUntilReady(const Node& node) {
  const CommandRecord& command = node.command;
  Shares shares{};
  switch (node.cause) {
    case Cause::kFirmware:
      shares = firmwareUntil(node.causeUntil);
      break;
    case Cause::kCommand:
      shares = pathUntil(nodeOf(command.awaited), node.causeUntil);
      break;
    case Cause::kDescriptor:
      if (node.causeUntil > m_cut) shares = m_beforeFetched;
      break;
  }
  if (command.fetching == command.ready) return shares;
  add(shares, Component::ControllerWeights, command.fetching, command.ready);
  m_fetched = command.ready;
  return m_beforeFetched = shares;
}

void CriticalPath::follow(Node& node) {
  const CommandRecord& command = node.command;
  node.shares = pathUntilReady(node);
  if (node.holder == PIM_NO_SEQUENCE) {
    add(node.shares, Component::Latency, command.ready, command.ready + command.latency);
  } else {
    node.shares = pathUntil(nodeOf(node.holder), command.begin);
  }
  command.forEachUnitSpan(
      [&](Component component, Picoseconds from, Picoseconds to) { add(node.shares, component, from, to); });
}

void CriticalPath::sleep(Picoseconds from, Picoseconds to) {
  Shares before = firmwareUntil(from);
  // The default: something other than a command woke the core, for example the host, which is not a part of
  // the chip. The firmware waited for it.
  add(before, Component::Firmware, from, to);
  const std::size_t depth = std::min(m_count, kHistory);
  for (std::size_t back = 0; back < depth; ++back) {
    const Node& node = nodeOf(m_newest - static_cast<std::uint32_t>(back));
    if (node.command.done != to) continue;
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
  // Commands in flight count from here on; their causes are in the past and count no longer.
  const std::size_t depth = std::min(m_count, kHistory);
  for (std::size_t back = depth; back-- > 0;) {
    Node& node = nodeOf(m_newest - static_cast<std::uint32_t>(back));
    if (node.command.done > now) follow(node);
  }
  return shares;
}

}  // namespace pim
