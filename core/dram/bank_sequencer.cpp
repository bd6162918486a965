#include "core/dram/bank_sequencer.h"

#include <algorithm>

namespace pim {

void BankSequencer::idleUntil(DramCycles now) {
  for (DramCycles begin = m_rules.idleRefreshBegin(m_state); begin < now;
       begin = m_rules.idleRefreshBegin(m_state)) {
    refresh(begin);
  }
}

DramCycles BankSequencer::stream() {
  std::int64_t columns = m_rules.plan().columns;
  const std::int64_t perRow = m_rules.columnsPerRow();
  std::int64_t row = m_rules.plan().firstRow;
  std::int64_t columnInRow = m_rules.plan().firstColumnInRow;
  // Rows from here on have not been counted as a hit or activated.
  std::int64_t unseen = row;
  DramCycles first = -1;

  while (columns > 0) {
    if (columnInRow == perRow) {
      columnInRow = 0;
      ++row;
    }
    if (!m_rules.isOpen(m_state, row)) {
      const RowStep step = nextRowStep(row);
      if (step.kind == RowStep::Kind::None) {
        refresh(0);
      } else {
        perform(step, row);
      }
      unseen = row + 1;
      continue;
    }
    if (row >= unseen) {
      ++m_counters.rowHits;
      unseen = row + 1;
    }
    const DramCycles deadline = m_rules.refreshDeadline(m_state);
    const DramCycles issue = m_rules.columnIssue(m_state, row);

    if (m_rules.buffers() == 2 && columns > perRow - columnInRow) {
      if (!m_rules.isOpen(m_state, row + 1)) {
        const RowStep step = nextRowStep(row + 1);
        // A step that no refresh forbids comes before any refresh that interrupts this row.
        if (step.kind != RowStep::Kind::None && (issue >= deadline || ownCycle(step) <= issue)) {
          perform(step, row + 1);
          unseen = row + 2;
          continue;
        }
      } else if (row + 1 >= unseen) {
        ++m_counters.rowHits;
        unseen = row + 2;
      }
    }
    if (issue >= deadline) {
      refresh(deadline);
      continue;
    }
    if (first < 0) first = issue;
    if (m_observer.takesRuns() && m_rules.buffers() == 1) {
      const std::int64_t served =
          columnRun(row, columnInRow, std::min(columns, perRow - columnInRow), issue, deadline);
      columnInRow += served;
      columns -= served;
      continue;
    }
    column(row, columnInRow++, issue);
    --columns;
  }
  return first;
}

BankSequencer::RowStep BankSequencer::nextRowStep(std::int64_t row) const {
  const int buffer = m_rules.buffer(row);
  const DramCycles activate = m_rules.activateIssue(m_state, buffer);
  if (m_rules.refreshDue(m_state) <= activate) return {RowStep::Kind::None, 0};
  if (m_state.openRow[buffer] >= 0)
    return {RowStep::Kind::Precharge, m_rules.prechargeIssue(m_state, buffer)};
  return {RowStep::Kind::Activate, activate};
}

DramCycles BankSequencer::ownCycle(const RowStep& step) const {
  return step.issue + (step.kind == RowStep::Kind::Activate ? m_rules.ownActivateOffset() : 0);
}

void BankSequencer::perform(const RowStep& step, std::int64_t row) {
  if (step.kind == RowStep::Kind::Precharge) {
    precharge(m_rules.buffer(row), step.issue);
    return;
  }
  ++m_counters.activates;
  m_rules.activate(m_state, row, step.issue);
  emit(DramCommandKind::Activate, ownCycle(step), row, 0);
}

void BankSequencer::refresh(DramCycles from) {
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
  m_rules.precharge(m_state, buffer, cycle);
  emit(DramCommandKind::Precharge, cycle, row, 0);
}

void BankSequencer::column(std::int64_t row, std::int64_t columnInRow, DramCycles cycle) {
  m_rules.column(m_state, row, cycle);
  emit(columnKind(), cycle, row, columnInRow);
}

std::int64_t BankSequencer::columnRun(std::int64_t row, std::int64_t columnInRow, std::int64_t most,
                                      DramCycles issue, DramCycles deadline) {
  const DramCycles interval = m_rules.interval();
  const std::int64_t served = std::min(most, (deadline - issue + interval - 1) / interval);
  m_rules.column(m_state, row, issue + (served - 1) * interval);
  m_observer.columns({columnKind(), issue + m_rules.shift(), m_request.bank, static_cast<std::uint32_t>(row),
                      static_cast<std::uint32_t>(columnInRow)},
                     served, interval);
  return served;
}

DramCommandKind BankSequencer::columnKind() const {
  switch (m_request.kind) {
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
  m_observer.command({kind, cycle + m_rules.shift(), m_request.bank, static_cast<std::uint32_t>(row),
                      static_cast<std::uint32_t>(column)});
}

}  // namespace pim
