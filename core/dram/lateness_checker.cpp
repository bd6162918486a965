#include "core/dram/lateness_checker.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pim {
namespace {

// Number of activates that are stored. Banks may report out of order by fewer than this: see TimingChecker.
constexpr std::size_t kActivatesKept = 1 << 16;

}  // namespace

LatenessChecker::LatenessChecker(const DramTiming& timing, Report report)
    : m_timing(timing), m_report(std::move(report)), m_banks(timing.organisation.banksPerDie) {}

void LatenessChecker::stream(const StreamArrival& arrival) {
  if (arrival.request.bank >= m_banks.size()) return;
  if (m_timing.activationLimit != DramActivationLimit::Enforced) return begin(arrival);
  if (arrival.command != m_together || arrival.command == 0) settleTogether();
  m_together = arrival.command;
  m_events.push_back({true, arrival, {}});
}

void LatenessChecker::command(const DramCommand& command) {
  if (m_timing.activationLimit != DramActivationLimit::Enforced) return serve(command);
  m_events.push_back({false, {}, command});
}

void LatenessChecker::finish() {
  settleTogether();
  settleActivates(m_activates.size());
}

void LatenessChecker::settleTogether() {
  m_rounds.clear();
  for (Bank& bank : m_banks) bank.activates = 0;
  for (const Event& event : m_events) {
    if (event.isStream || event.command.kind != DramCommandKind::Activate) continue;
    const std::size_t round = m_banks[event.command.bank].activates++;
    if (round == m_rounds.size()) m_rounds.emplace_back();
    m_rounds[round].last = std::max(m_rounds[round].last, event.command.cycle);
  }
  for (Bank& bank : m_banks) bank.activates = 0;
  for (const Event& event : m_events) event.isStream ? begin(event.arrival) : serve(event.command);
  for (const Round& round : m_rounds) {
    for (const DramCommand& command : round.activates) take(command, round.ready);
  }
  m_events.clear();
}

void LatenessChecker::begin(const StreamArrival& arrival) {
  Bank& bank = m_banks[arrival.request.bank];
  bank.told = true;
  bank.arrival = std::max(arrival.cycle, bank.columnReady);
  bank.interval = std::max(m_timing.tCcd, arrival.request.columnInterval);
}

void LatenessChecker::serve(const DramCommand& command) {
  Bank& bank = m_banks[command.bank];
  if (command.kind == DramCommandKind::Precharge) return precharge(command, bank);
  settlePrecharges(bank, command.kind == DramCommandKind::Refresh);
  switch (command.kind) {
    case DramCommandKind::Activate:
      return activate(command, bank);
    case DramCommandKind::Refresh:
      return refresh(command, bank);
    default:
      return column(command, bank);
  }
}

void LatenessChecker::activate(const DramCommand& command, Bank& bank) {
  RowBuffer& buffer = bufferOf(bank, command);
  DramCycles ready = std::max({bank.arrival, buffer.precharged + m_timing.tRp,
                               buffer.activated + m_timing.tRc, bank.refreshed + m_timing.refreshCycles});
  if (m_timing.organisation.rowBuffers == 2)
    ready = std::max(ready, bank.buffers[(command.row + 1) % 2].activated);
  buffer.open = true;
  buffer.activated = command.cycle;
  if (m_timing.activationLimit == DramActivationLimit::Enforced) {
    Round& round = m_rounds[bank.activates++];
    buffer.activated = round.last;
    round.ready = std::max(round.ready, ready);
    round.activates.push_back(command);
  } else if (m_timing.limitsActivation()) {
    take(command, ready);
  } else {
    notAfter("late activate", command, ready);
  }
}

void LatenessChecker::precharge(const DramCommand& command, Bank& bank) {
  RowBuffer& buffer = bufferOf(bank, command);
  if (!buffer.open) return;
  const bool idle = command.cycle < bank.arrival;
  const DramCycles arrival = idle ? kLongAgo : bank.arrival;
  DramCycles forRow = std::max(arrival, rowServed(buffer));
  if (m_timing.organisation.rowBuffers == 2)
    forRow = std::max(forRow, bank.buffers[(command.row + 1) % 2].activated);
  const DramCycles due = refreshDue(command.bank, bank.refreshes + 1);
  DramCycles forRefresh = std::max({arrival, due, bank.columnReady, bank.refreshed + m_timing.refreshCycles});
  for (const RowBuffer& each : bank.buffers)
    forRefresh = std::max({forRefresh, rowServed(each), each.precharged + m_timing.tRp});
  const DramCycles deadline = refreshDue(command.bank, bank.refreshes + 1 + m_timing.refreshPostponeMax);
  if (command.cycle >= deadline) forRefresh = std::max(forRefresh, deadline);
  bank.precharges.push_back({command, forRow, forRefresh});
}

void LatenessChecker::settlePrecharges(Bank& bank, bool beforeRefresh) {
  for (const Precharge& p : bank.precharges) {
    notAfter("late precharge", p.command, beforeRefresh ? p.forRefresh : p.forRow);
    RowBuffer& buffer = bufferOf(bank, p.command);
    buffer.open = false;
    buffer.precharged = p.command.cycle;
  }
  bank.precharges.clear();
}

void LatenessChecker::refresh(const DramCommand& command, Bank& bank) {
  DramCycles earliest = std::max({refreshDue(command.bank, bank.refreshes + 1), bank.columnReady,
                                  bank.refreshed + m_timing.refreshCycles});
  if (command.cycle >= bank.arrival) earliest = std::max(earliest, bank.arrival);
  for (const RowBuffer& buffer : bank.buffers)
    earliest = std::max(earliest, buffer.precharged + m_timing.tRp);
  notAfter("late refresh", command, earliest);
  bank.refreshed = command.cycle;
  ++bank.refreshes;
}

void LatenessChecker::column(const DramCommand& command, Bank& bank) {
  RowBuffer& buffer = bufferOf(bank, command);
  const bool mac = command.kind == DramCommandKind::Mac;
  const bool write = command.kind == DramCommandKind::Write;
  const DramCycles tRcd = mac ? m_timing.tRcdMac : write ? m_timing.tRcdWrite : m_timing.tRcdRead;
  notAfter("late column", command, std::max({bank.arrival, bank.columnReady, buffer.activated + tRcd}));
  (write ? buffer.lastWrite : buffer.lastRead) = command.cycle;
  bank.columnReady = command.cycle + bank.interval;
}

void LatenessChecker::take(const DramCommand& command, DramCycles earliest) {
  const auto place =
      std::upper_bound(m_activates.begin(), m_activates.end(), command.cycle,
                       [](DramCycles cycle, const Activate& a) { return cycle < a.command.cycle; });
  m_activates.insert(place, {command, earliest});
  if (m_activates.size() > kActivatesKept) settleActivates(kActivatesKept / 2);
}

void LatenessChecker::settleActivates(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Activate& a = m_activates[i];
    if (a.earliest - m_timing.tFaw <= m_forgotten) continue;
    // Candidates for the earliest cycle: when its bank was ready, and when another activate first permits it.
    DramCycles room = a.command.cycle;
    const auto offer = [&](DramCycles cycle) {
      if (cycle >= a.earliest && cycle < room && hasRoom(cycle, i)) room = cycle;
    };
    offer(a.earliest);
    for (std::size_t j = i; j-- > 0;) {
      const DramCycles other = m_activates[j].command.cycle;
      if (other + std::max(m_timing.tRrd, m_timing.tFaw) < a.earliest) break;
      offer(other + m_timing.tRrd);
      offer(other + m_timing.tFaw);
    }
    notAfter("late activate", a.command, room);
  }
  if (count == 0) return;
  m_forgotten = m_activates[count - 1].command.cycle;
  m_activates.erase(m_activates.begin(), m_activates.begin() + static_cast<std::ptrdiff_t>(count));
}

bool LatenessChecker::hasRoom(DramCycles cycle, std::size_t except) const {
  // The activates within tFAW of `cycle`, and `cycle` itself, in order.
  std::vector<DramCycles> near{cycle};
  const DramCycles reach = std::max(m_timing.tRrd, m_timing.tFaw);
  auto from = std::lower_bound(m_activates.begin(), m_activates.end(), cycle - reach,
                               [](const Activate& a, DramCycles c) { return a.command.cycle < c; });
  for (; from != m_activates.end() && from->command.cycle <= cycle + reach; ++from) {
    if (static_cast<std::size_t>(from - m_activates.begin()) != except) near.push_back(from->command.cycle);
  }
  std::sort(near.begin(), near.end());
  for (std::size_t i = 1; i < near.size(); ++i) {
    if (near[i] - near[i - 1] < m_timing.tRrd && (near[i] == cycle || near[i - 1] == cycle)) return false;
    if (i < 4 || near[i] - near[i - 4] >= m_timing.tFaw) continue;
    if (near[i - 4] <= cycle && cycle <= near[i]) return false;
  }
  return true;
}

DramCycles LatenessChecker::rowServed(const RowBuffer& buffer) const {
  if (!buffer.open) return kLongAgo;
  return std::max({buffer.activated + m_timing.tRas, buffer.lastRead + m_timing.tRtp,
                   buffer.lastWrite + m_timing.tCcd + m_timing.tWr});
}

LatenessChecker::RowBuffer& LatenessChecker::bufferOf(Bank& bank, const DramCommand& command) const {
  return bank.buffers[m_timing.organisation.rowBuffers == 2 ? command.row % 2 : 0];
}

DramCycles LatenessChecker::refreshDue(std::uint32_t bank, std::int64_t number) const {
  if (m_timing.refresh == DramRefresh::Off) return std::numeric_limits<DramCycles>::max() / 4;
  const DramCycles turn = m_timing.refresh == DramRefresh::PerBank
                              ? m_timing.tRefi * bank / m_timing.organisation.banksPerDie
                              : 0;
  return turn + number * m_timing.tRefi;
}

void LatenessChecker::notAfter(const char* rule, const DramCommand& command, DramCycles earliest) const {
  if (command.cycle > earliest && m_banks[command.bank].told) m_report(rule, command, earliest);
}

}  // namespace pim
