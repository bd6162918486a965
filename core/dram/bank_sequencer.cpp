#include "core/dram/bank_sequencer.h"

#include <algorithm>

namespace pim {

void BankSequencer::idleUntil(DramCycles now) {
  for (DramCycles begin = m_rules.idleRefreshBegin(m_state); begin < now;
       begin = m_rules.idleRefreshBegin(m_state)) {
    refresh(begin);
  }
}

bool BankSequencer::advance() {
  const std::int64_t perRow = m_rules.columnsPerRow();
  while (m_left > 0) {
    if (m_columnInRow == perRow) {
      m_columnInRow = 0;
      ++m_row;
    }
    if (!m_rules.isOpen(m_state, m_row)) {
      if (m_granted) {
        open();
        continue;
      }
      const RowStep step = nextRowStep(m_row);
      if (step.kind == RowStep::Kind::None) {
        refresh(0);
      } else if (!perform(step, m_row)) {
        return true;
      }
      continue;
    }
    if (m_row >= m_unseen) {
      ++m_counters.rowsFoundOpen;
      m_unseen = m_row + 1;
    }
    const DramCycles deadline = m_rules.refreshDeadline(m_state);
    const DramCycles issue = m_rules.columnIssue(m_state, m_row);
    DramCycles until = deadline;

    if (m_rules.buffers() == 2 && m_left > perRow - m_columnInRow) {
      const std::int64_t next = m_row + 1;
      if (m_rules.isOpen(m_state, next)) {
        if (next >= m_unseen) {
          ++m_counters.rowsFoundOpen;
          m_unseen = next + 1;
        }
      } else if (next != m_refusedRow) {
        const RowStep step = m_granted ? RowStep{RowStep::Kind::Activate, m_grant} : nextRowStep(next);
        // A step that no refresh prevents precedes any refresh that interrupts this row.
        const bool now = issue >= deadline || step.issue <= issue;
        if (m_granted && now) {
          open();
          continue;
        }
        if (!m_granted && step.kind == RowStep::Kind::Activate) {
          perform(step, next);
          return true;
        }
        if (step.kind == RowStep::Kind::Precharge && now) {
          perform(step, next);
          continue;
        }
        if (step.kind != RowStep::Kind::None) until = std::min(until, step.issue);
      }
    }
    if (issue >= deadline) {
      refresh(deadline);
    } else {
      columns(issue, until);
    }
  }
  return false;
}

BankSequencer::RowStep BankSequencer::nextRowStep(std::int64_t row) const {
  const int buffer = m_rules.buffer(row);
  const DramCycles activate = m_rules.activateIssue(m_state, buffer);
  if (m_rules.refreshDue(m_state) <= activate) return {RowStep::Kind::None, 0};
  if (m_state.openRow[buffer] >= 0)
    return {RowStep::Kind::Precharge, m_rules.prechargeIssue(m_state, buffer)};
  return {RowStep::Kind::Activate, activate};
}

bool BankSequencer::perform(const RowStep& step, std::int64_t row) {
  if (step.kind == RowStep::Kind::Precharge) {
    precharge(m_rules.buffer(row), step.issue);
    return true;
  }
  m_wantedRow = row;
  m_wanted = step.issue;
  return false;
}

void BankSequencer::activate(DramCycles cycle, DramCycles open) {
  m_granted = true;
  m_grant = cycle;
  m_grantOpen = open;
}

void BankSequencer::refuse() {
  if (m_wantedRow == m_row) {
    refresh(m_lastPrecharge);  // its buffer was precharged for the activate; the other one closes next
  } else {
    m_refusedRow = m_wantedRow;
  }
}

void BankSequencer::open() {
  m_granted = false;
  ++m_counters.activates;
  m_rules.activate(m_state, m_wantedRow, m_grantOpen);
  m_unseen = m_wantedRow + 1;
  emit(DramCommandKind::Activate, m_grant, m_wantedRow, 0);
}

void BankSequencer::refresh(DramCycles from) {
  m_refusedRow = -1;
  const DramCycles close = m_rules.closeIssue(m_state, from);
  for (int b = 0; b < m_rules.buffers(); ++b) {
    if (m_state.openRow[b] >= 0) precharge(b, close);
  }
  DramCycles issue = m_rules.refreshIssue(m_state, from);
  do {
    m_rules.refresh(m_state, issue, 1);
    ++m_counters.refreshes;
    emit(DramCommandKind::Refresh, issue, 0, 0);
    issue += m_rules.tRfc();
  } while (m_rules.refreshDue(m_state) <= issue);
}

void BankSequencer::precharge(int buffer, DramCycles cycle) {
  const std::int64_t row = m_state.openRow[buffer];
  ++m_counters.precharges;
  m_lastPrecharge = cycle;
  m_rules.precharge(m_state, buffer, cycle);
  emit(DramCommandKind::Precharge, cycle, row, 0);
}

void BankSequencer::columns(DramCycles issue, DramCycles until) {
  const DramCycles interval = m_rules.interval();
  const std::int64_t inRow = std::min(m_left, m_rules.columnsPerRow() - m_columnInRow);
  const std::int64_t served = std::min(inRow, (until - issue + interval - 1) / interval);
  if (m_first < 0) m_first = issue;
  m_rules.column(m_state, m_row, issue + (served - 1) * interval);
  if (m_observer != nullptr) {
    if (m_observer->takesRuns()) {
      m_observer->columns({columnKind(), issue, m_rules.bank(), static_cast<std::uint32_t>(m_row),
                           static_cast<std::uint32_t>(m_columnInRow)},
                          served, interval);
    } else {
      for (std::int64_t i = 0; i < served; ++i)
        emit(columnKind(), issue + i * interval, m_row, m_columnInRow + i);
    }
  }
  m_columnInRow += served;
  m_left -= served;
}

DramCommandKind BankSequencer::columnKind() const {
  switch (m_rules.plan().request.kind) {
    case StreamRequest::Kind::Read:
      return DramCommandKind::Read;
    case StreamRequest::Kind::Mac:
      return DramCommandKind::Mac;
    case StreamRequest::Kind::Write:
      break;
  }
  return DramCommandKind::Write;
}

void BankSequencer::emit(DramCommandKind kind, DramCycles cycle, std::int64_t row, std::int64_t column) {
  if (m_observer == nullptr) return;
  m_observer->command(
      {kind, cycle, m_rules.bank(), static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column)});
}

}  // namespace pim
