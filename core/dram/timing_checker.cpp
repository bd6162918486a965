#include "core/dram/timing_checker.h"

#include <algorithm>
#include <limits>

namespace pim {
namespace {

// Number of activates that are stored. Banks may report out of order by fewer than this: it is many times the
// number of activates between two reports of a bank.
constexpr std::size_t kActivatesKept = 1 << 16;

bool isColumn(DramCommandKind kind) {
  return kind == DramCommandKind::Read || kind == DramCommandKind::Mac || kind == DramCommandKind::Write;
}

}  // namespace

std::string TimingViolation::text() const {
  std::string line = rule + ": bank " + std::to_string(bank) + ", cycle " + std::to_string(cycle);
  if (earliest > cycle) line += ", expected not before " + std::to_string(earliest);
  if (earliest < cycle) line += ", possible at " + std::to_string(earliest);
  return line;
}

TimingChecker::TimingChecker(const DramTiming& timing)
    : m_timing(timing),
      m_tRfc(timing.refresh == DramRefresh::PerBank ? timing.tRfcPb : timing.tRfc),
      m_rows(timing.rowsPerBank()),
      m_columns(timing.columnsPerRow()),
      m_banks(timing.organisation.banksPerDie),
      m_lateness(timing, [this](const char* rule, const DramCommand& command, DramCycles earliest) {
        violate(rule, command, earliest);
      }) {
  for (std::uint32_t b = 0; b < m_banks.size(); ++b) {
    m_banks[b].columnDeadline = refreshDue(b, 1 + m_timing.refreshPostponeMax);
  }
}

void TimingChecker::command(const DramCommand& command) {
  ++m_commands;
  if (!inRange(command)) return;
  Bank& bank = m_banks[command.bank];
  if (command.cycle < bank.last) violate("time runs backwards", command, bank.last);
  bank.last = command.cycle;
  notBefore("tRFC", command, bank.refreshed, m_tRfc);
  m_lateness.command(command);

  RowBuffer& buffer = bank.buffers[m_timing.organisation.rowBuffers == 2 ? command.row % 2 : 0];
  switch (command.kind) {
    case DramCommandKind::Activate:
      return activate(command, buffer);
    case DramCommandKind::Precharge:
      return precharge(command, buffer);
    case DramCommandKind::Refresh:
      return refresh(command, bank);
    case DramCommandKind::Read:
    case DramCommandKind::Mac:
    case DramCommandKind::Write:
      return column(command, bank, buffer);
  }
}

void TimingChecker::finish(DramCycles now) {
  m_lateness.finish();
  for (std::uint32_t b = 0; b < m_banks.size(); ++b) {
    // The refresh that has just fallen due may still wait for the row to close.
    const DramCycles latest = refreshDue(b, m_banks[b].refreshes + 1 + m_timing.refreshPostponeMax);
    if (latest < now - m_timing.tRc)
      violate("refresh too late", {DramCommandKind::Refresh, now, b, 0, 0}, now);
  }
}

void TimingChecker::activate(const DramCommand& command, RowBuffer& buffer) {
  if (buffer.row >= 0) violate("activate of an open bank", command, command.cycle);
  notBefore("tRP", command, buffer.precharged, m_timing.tRp);
  notBefore("tRC", command, buffer.activated, m_timing.tRc);
  if (m_timing.activationLimit != DramActivationLimit::Off) noteActivateOfDie(command);
  const DramCycles precharged = buffer.precharged;
  buffer = RowBuffer{};
  buffer.row = command.row;
  buffer.activated = command.cycle;
  buffer.precharged = precharged;
}

void TimingChecker::precharge(const DramCommand& command, RowBuffer& buffer) {
  if (buffer.row < 0) return;  // a second precharge has no effect
  if (buffer.row != command.row) violate("precharge of another row", command, command.cycle);
  notBefore("tRAS", command, buffer.activated, m_timing.tRas);
  notBefore("tRTP", command, buffer.lastRead, m_timing.tRtp);
  notBefore("tWR", command, buffer.lastWrite, m_timing.tCcd + m_timing.tWr);
  buffer.row = -1;
  buffer.precharged = command.cycle;
}

void TimingChecker::column(const DramCommand& command, Bank& bank, RowBuffer& buffer) {
  notBefore("tCCD", command, bank.lastColumn, m_timing.tCcd);
  bank.lastColumn = command.cycle;
  if (command.cycle >= bank.columnDeadline) violate("refresh too late", command, command.cycle);
  if (buffer.row < 0) return violate("column to a closed row", command, command.cycle);
  if (buffer.row != command.row) return violate("column to the wrong row", command, command.cycle);

  switch (command.kind) {
    case DramCommandKind::Mac:
      notBefore("tRCD (MAC)", command, buffer.activated, m_timing.tRcdMac);
      buffer.lastRead = command.cycle;
      break;
    case DramCommandKind::Write:
      notBefore("tRCD (write)", command, buffer.activated, m_timing.tRcdWrite);
      buffer.lastWrite = command.cycle;
      break;
    default:
      notBefore("tRCD (read)", command, buffer.activated, m_timing.tRcdRead);
      buffer.lastRead = command.cycle;
      break;
  }
}

void TimingChecker::refresh(const DramCommand& command, Bank& bank) {
  for (const RowBuffer& buffer : bank.buffers) {
    if (buffer.row >= 0) violate("refresh with an open row", command, command.cycle);
    notBefore("tRP", command, buffer.precharged, m_timing.tRp);
  }
  ++bank.refreshes;
  const DramCycles due = refreshDue(command.bank, bank.refreshes);
  if (command.cycle < due) violate("refresh before it is due", command, due);
  bank.columnDeadline = refreshDue(command.bank, bank.refreshes + 1 + m_timing.refreshPostponeMax);
  bank.refreshed = command.cycle;
}

void TimingChecker::noteActivateOfDie(const DramCommand& command) {
  const auto place = std::upper_bound(m_activates.begin(), m_activates.end(), command.cycle);
  const std::ptrdiff_t at = place - m_activates.begin();
  m_activates.insert(place, command.cycle);
  const auto size = static_cast<std::ptrdiff_t>(m_activates.size());
  const auto cycle = [this](std::ptrdiff_t i) { return m_activates[static_cast<std::size_t>(i)]; };
  for (const std::ptrdiff_t later : {at, at + 1}) {
    if (later < 1 || later >= size) continue;
    if (cycle(later) - cycle(later - 1) < m_timing.tRrd) {
      violate("tRRD", command, cycle(later - 1) + m_timing.tRrd);
      break;
    }
  }
  // Of five activates, the first and the last must be at least tFAW apart.
  for (std::ptrdiff_t fifth = at; fifth <= at + 4; ++fifth) {
    if (fifth < 4 || fifth >= size) continue;
    if (cycle(fifth) - cycle(fifth - 4) < m_timing.tFaw) {
      violate("tFAW", command, cycle(fifth - 4) + m_timing.tFaw);
      break;
    }
  }
  if (m_activates.size() > kActivatesKept) {
    m_activates.erase(m_activates.begin(), m_activates.begin() + kActivatesKept / 2);
  }
}

DramCycles TimingChecker::refreshDue(std::uint32_t bank, std::int64_t number) const {
  if (m_timing.refresh == DramRefresh::Off) return std::numeric_limits<DramCycles>::max();
  DramCycles turn = 0;
  if (m_timing.refresh == DramRefresh::PerBank)
    turn = m_timing.tRefi * bank / m_timing.organisation.banksPerDie;
  return turn + number * m_timing.tRefi;
}

bool TimingChecker::inRange(const DramCommand& command) {
  if (command.bank >= m_banks.size()) {
    violate("bank out of range", command, command.cycle);
    return false;
  }
  if (command.kind != DramCommandKind::Refresh && command.row >= m_rows) {
    violate("row out of range", command, command.cycle);
    return false;
  }
  if (isColumn(command.kind) && command.column >= m_columns) {
    violate("column out of range", command, command.cycle);
    return false;
  }
  return true;
}

void TimingChecker::notBefore(const char* rule, const DramCommand& command, DramCycles since,
                              DramCycles distance) {
  if (command.cycle < since + distance) violate(rule, command, since + distance);
}

void TimingChecker::violate(const char* rule, const DramCommand& command, DramCycles earliest) {
  ++m_violationCount;
  if (m_violations.size() < kMaxKept) m_violations.push_back({rule, command.bank, command.cycle, earliest});
}

}  // namespace pim
