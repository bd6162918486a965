#pragma once

#include <algorithm>
#include <cstdint>

#include "core/dram/bank_timing.h"

namespace pim {

/// Implements the rules of DramTiming for one request: computes the earliest cycle of each command and
/// updates the state of the bank. Both ways to serve a stream use these functions. Internal to core/dram.
///
/// `kPlain`: the bank has one row buffer, as most banks do; code for two row buffers is then not compiled in.
template <bool kPlain>
class BankRulesFor {
 public:
  using State = BankTiming::State;

  /// Timing and plan must outlive the rules.
  BankRulesFor(const DramTiming& timing, const StreamPlan& plan, std::uint32_t bank)
      : m_timing(timing), m_plan(plan), m_bank(bank), m_firstDue(timing.refreshInterval) {
    if (timing.refresh == DramRefresh::PerBank)
      m_firstDue += timing.tRefi * bank / timing.organisation.banksPerDie;
  }

  const StreamPlan& plan() const { return m_plan; }
  std::uint32_t bank() const { return m_bank; }
  std::int64_t columnsPerRow() const { return m_timing.columnsPerRow(); }
  /// Number of times that `columns` fill a row in every buffer.
  std::int64_t wholePeriods(std::int64_t columns) const {
    return columns >> (m_timing.rowBits + buffers() - 1);
  }
  DramCycles interval() const { return m_plan.interval; }
  int buffers() const { return kPlain ? 1 : static_cast<int>(m_timing.organisation.rowBuffers); }
  int buffer(std::int64_t row) const { return static_cast<int>(row) & (buffers() - 1); }

  bool isOpen(const State& state, std::int64_t row) const { return state.openRow[buffer(row)] == row; }

  /// Earliest precharge of a buffer for a row of the stream. The next row is prepared once the current row is
  /// activated.
  DramCycles prechargeIssue(const State& state, int buffer) const {
    return std::max(state.ready[buffer], buffers() == 2 ? state.activated[buffer ^ 1] : 0);
  }
  /// Earliest activate; includes the precharge before it if a row is open.
  DramCycles activateIssue(const State& state, int buffer) const {
    const DramCycles closed = prechargeIssue(state, buffer) + (state.openRow[buffer] >= 0 ? m_timing.tRp : 0);
    return std::max(closed, state.activated[buffer] + m_timing.tRc);
  }
  DramCycles columnIssue(const State& state, std::int64_t row) const {
    return std::max(state.columnReady, state.activated[buffer(row)] + m_plan.tRcd);
  }

  /// The cycle at which the next refresh falls due, and the cycle from which no column may be issued before
  /// it.
  DramCycles refreshDue(const State& state) const { return state.refreshed + m_firstDue; }
  DramCycles refreshDeadline(const State& state) const {
    return refreshDue(state) + m_timing.refreshPostpone;
  }
  /// The cycle at which an idle bank begins to prepare the next refresh.
  DramCycles idleRefreshBegin(const State& state) const {
    return std::max(std::max(refreshDue(state), state.columnReady),
                    std::max(state.ready[0], state.ready[buffers() - 1]));
  }
  /// Earliest precharge of all open rows, not before `from`.
  DramCycles closeIssue(const State& state, DramCycles from) const {
    for (int b = 0; b < buffers(); ++b) {
      if (state.openRow[b] >= 0) from = std::max(from, state.ready[b]);
    }
    return from;
  }
  /// Earliest refresh of the closed bank, not before `from`.
  DramCycles refreshIssue(const State& state, DramCycles from) const {
    return std::max(std::max(from, refreshDue(state)), std::max(state.ready[0], state.ready[buffers() - 1]));
  }
  DramCycles tRfc() const { return m_timing.refreshCycles; }
  DramCycles tRefi() const { return m_timing.refreshInterval; }

  /// Cycles from the activate of a whole row to the earliest activate of the next.
  DramCycles rowPeriod() const { return m_plan.rowPeriod; }
  /// Returns whether the columns of a row depend only on its own activate, and the activate of the next row
  /// only on the last column. Rows then follow each other every rowPeriod(), and refreshes only delay them.
  bool rowsStandAlone() const { return kPlain ? m_plan.rowsStandAlone : standAlone(columnsPerRow()); }
  /// Returns whether this is true from the first row on. The stream may use only a part of the first row.
  bool fromFirstRowOn() const {
    return kPlain ? m_plan.rowsStandAlone && m_plan.firstRowStandsAlone
                  : standAlone(columnsPerRow()) && standAlone(m_plan.inFirstRow);
  }
  /// Returns whether this is true for a row of which the stream uses this number of columns.
  bool standAlone(std::int64_t columns) const {
    const DramCycles closed = m_plan.toColumn(columns) + m_plan.columnToPrecharge + m_timing.tRp;
    return buffers() == 1 && interval() <= m_plan.columnToPrecharge + m_timing.tRp + m_plan.tRcd &&
           closed >= std::max(m_timing.tRas + m_timing.tRp, m_timing.tRc) &&
           closed <= m_timing.refreshPostpone;
  }
  /// Records the columns of the last row, which has no successor.
  void lastOwnColumns(State& state) const {
    column(state, m_plan.lastRow, state.activated[0] + m_plan.toLastColumn);
  }

  void precharge(State& state, int buffer, DramCycles cycle) const {
    state.openRow[buffer] = -1;
    state.ready[buffer] = cycle + m_timing.tRp;
  }
  void activate(State& state, std::int64_t row, DramCycles cycle) const {
    const int b = buffer(row);
    state.openRow[b] = static_cast<std::int32_t>(row);
    state.activated[b] = cycle;
    state.ready[b] = cycle + m_timing.tRas;
  }
  void column(State& state, std::int64_t row, DramCycles cycle) const {
    const int b = buffer(row);
    state.columnReady = cycle + m_plan.interval;
    state.ready[b] = std::max(state.ready[b], cycle + m_plan.columnToPrecharge);
  }
  /// Records `count` refreshes, of which the last is issued at `cycle`.
  void refresh(State& state, DramCycles cycle, std::int64_t count) const {
    state.refreshed += count * tRefi();
    for (int b = 0; b < buffers(); ++b) state.ready[b] = cycle + tRfc();
  }
  /// Marks the bank as idle up to `now`: replaces times that no longer matter by those of any other idle
  /// bank.
  void settle(State& state, DramCycles now) const {
    const DramCycles forgotten = now - m_timing.reach;
    state.columnReady = std::max(state.columnReady, now);
    for (int b = 0; b < buffers(); ++b) {
      state.ready[b] = std::max(state.ready[b], now);
      state.activated[b] = std::max(state.activated[b], forgotten);
    }
  }

 private:
  const DramTiming& m_timing;
  const StreamPlan& m_plan;
  std::uint32_t m_bank;
  DramCycles m_firstDue;  // first refresh
};

/// Serves, through `path`, the refreshes of the time for which the bank was idle, before the first command of
/// a stream that begins at `begin`.
template <class Rules, class Path>
void arrive(const Rules& rules, BankTiming::State& state, DramCycles begin, Path& path) {
  if (begin > state.columnReady) path.idleUntil(begin);
  rules.settle(state, begin);
}

using BankRules = BankRulesFor<false>;

}  // namespace pim
