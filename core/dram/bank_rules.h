#pragma once

#include <algorithm>
#include <cstdint>

#include "core/dram/bank_timing.h"

namespace pim {

/// The rules of DramTiming for one request: the earliest cycle of each command, and what the command leaves
/// behind in the bank's state. Both ways to serve a stream are written on top of these. Internal to
/// core/dram.
///
/// `kPlain`: the bank has one row buffer, as most have; what serves two only is not compiled in.
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
  /// How often `columns` fill a row in every buffer.
  std::int64_t wholePeriods(std::int64_t columns) const {
    return columns >> (m_timing.rowBits + buffers() - 1);
  }
  DramCycles interval() const { return m_plan.interval; }
  int buffers() const { return kPlain ? 1 : static_cast<int>(m_timing.organisation.rowBuffers); }
  int buffer(std::int64_t row) const { return static_cast<int>(row) & (buffers() - 1); }

  bool isOpen(const State& state, std::int64_t row) const { return state.openRow[buffer(row)] == row; }

  /// Earliest precharge of a buffer for a stream's row: the next row is looked at once the current one is
  /// activated.
  DramCycles prechargeIssue(const State& state, int buffer) const {
    return std::max(state.ready[buffer], buffers() == 2 ? state.activated[buffer ^ 1] : 0);
  }
  /// Earliest activate, with the precharge before it if a row is open.
  DramCycles activateIssue(const State& state, int buffer) const {
    const DramCycles closed = prechargeIssue(state, buffer) + (state.openRow[buffer] >= 0 ? m_timing.tRp : 0);
    return std::max(closed, state.activated[buffer] + m_timing.tRc);
  }
  DramCycles columnIssue(const State& state, std::int64_t row) const {
    return std::max(state.columnReady, state.activated[buffer(row)] + m_plan.tRcd);
  }

  /// When the next refresh falls due, and from when on no column may be issued before it.
  DramCycles refreshDue(const State& state) const { return state.refreshed + m_firstDue; }
  DramCycles refreshDeadline(const State& state) const {
    return refreshDue(state) + m_timing.refreshPostpone;
  }
  /// When an idle bank takes its first step towards the next refresh.
  DramCycles idleRefreshBegin(const State& state) const {
    return std::max(std::max(refreshDue(state), state.columnReady),
                    std::max(state.ready[0], state.ready[buffers() - 1]));
  }
  /// Precharge of all open rows, wanted from `from` on.
  DramCycles closeIssue(const State& state, DramCycles from) const {
    for (int b = 0; b < buffers(); ++b) {
      if (state.openRow[b] >= 0) from = std::max(from, state.ready[b]);
    }
    return from;
  }
  /// Refresh of a closed bank, wanted from `from` on.
  DramCycles refreshIssue(const State& state, DramCycles from) const {
    return std::max(std::max(from, refreshDue(state)), std::max(state.ready[0], state.ready[buffers() - 1]));
  }
  DramCycles tRfc() const { return m_timing.refreshCycles; }
  DramCycles tRefi() const { return m_timing.refreshInterval; }

  /// From the activate of a whole row to the earliest activate of the next.
  DramCycles rowPeriod() const { return m_plan.rowPeriod; }
  /// Whether a row depends on nothing but its own activate, and the next row's activate on nothing but the
  /// last column: rows follow each other every rowPeriod(), and refreshes only push them back.
  bool rowsStandAlone() const { return kPlain ? m_plan.rowsStandAlone : standAlone(columnsPerRow()); }
  /// Whether that holds from the first row on, of which the stream may take a part.
  bool fromFirstRowOn() const {
    return kPlain ? m_plan.rowsStandAlone && m_plan.firstRowStandsAlone
                  : standAlone(columnsPerRow()) && standAlone(m_plan.inFirstRow);
  }
  /// Whether it holds for a row of which a stream takes that many columns.
  bool standAlone(std::int64_t columns) const {
    const DramCycles closed = m_plan.toColumn(columns) + m_plan.columnToPrecharge + m_timing.tRp;
    return buffers() == 1 && interval() <= m_plan.columnToPrecharge + m_timing.tRp + m_plan.tRcd &&
           closed >= std::max(m_timing.tRas + m_timing.tRp, m_timing.tRc) &&
           closed <= m_timing.refreshPostpone;
  }
  /// The columns of the last row, which stands alone.
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
  /// `count` refreshes, the last one issued at `cycle`.
  void refresh(State& state, DramCycles cycle, std::int64_t count) const {
    state.refreshed += count * tRefi();
    for (int b = 0; b < buffers(); ++b) state.ready[b] = cycle + tRfc();
  }
  /// The bank has been idle up to `now`: times that cannot matter any more become those of any other idle
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

/// What comes before the first command of a stream that begins at `begin`: the refreshes of the time in which
/// the bank was idle, which `path` serves.
template <class Rules, class Path>
void arrive(const Rules& rules, BankTiming::State& state, DramCycles begin, Path& path) {
  if (begin > state.columnReady) path.idleUntil(begin);
  rules.settle(state, begin);
}

using BankRules = BankRulesFor<false>;

}  // namespace pim
