#include "core/dram/bank_timing.h"

#include <algorithm>
#include <stdexcept>

#include "core/dram/bank_rules.h"
#include "core/dram/bank_sequencer.h"

namespace pim {
namespace {

/// Computes the times of a stream row by row. Each step is a maximum of sums. So if the times after a row
/// equal those of one period earlier plus a constant, they continue like that until a refresh is due. All
/// rows up to that refresh are computed in one step.
template <class Rules>
class ClosedForm {
 public:
  using State = BankTiming::State;

  ClosedForm(const Rules& rules, State& state, DramCounters& counters)
      : m_rules(rules), m_state(state), m_counters(counters) {}

  void idleUntil(DramCycles now) {
    const DramCycles begin = m_rules.idleRefreshBegin(m_state);
    if (begin >= now) return;
    refresh(begin);
    // The bank is closed and idle, so the remaining refreshes begin when they are due.
    const DramCycles due = m_rules.refreshDue(m_state);
    if (due >= now) return;
    const std::int64_t more = (now - 1 - due) / m_rules.tRefi();
    countRefreshes(more + 1, due + more * m_rules.tRefi());
  }

  /// Serves the stream and returns the cycle of the first column.
  [[gnu::always_inline]] DramCycles stream() {
    const StreamPlan& plan = m_rules.plan();
    std::int64_t row = plan.firstRow;
    std::int64_t before = plan.firstColumnInRow;
    DramCycles first = -1;
    if (!m_rules.fromFirstRowOn() || m_rules.isOpen(m_state, row)) {
      const std::int64_t columns = plan.columns - plan.inFirstRow;
      first = visit(row++, plan.inFirstRow, columns > 0);
      if (columns == 0) return first;
      if (!m_rules.rowsStandAlone()) {
        rowsThatOverlap(row, columns);
        return first;
      }
      before = 0;
    }
    const DramCycles firstOwn = rowsOnTheirOwn(row, before);
    return first < 0 ? firstOwn : first;
  }

 private:
  /// Serves rows whose times depend on the rows before them.
  void rowsThatOverlap(std::int64_t row, std::int64_t columns) {
    const std::int64_t perRow = m_rules.columnsPerRow();
    const std::int64_t buffers = m_rules.buffers();
    State periodAgo[2];  // initial values match no period of a bank
    periodAgo[m_rules.buffer(row - 1)] = m_state;
    while (columns > 0) {
      const std::int64_t inRow = std::min(perRow, columns);
      visit(row, inRow, columns > inRow);
      columns -= inRow;
      // With two buffers, a row without a successor prepares no next row, so it is not part of the pattern.
      const std::int64_t repeats = m_rules.wholePeriods(columns - (buffers - 1));
      State& before = periodAgo[m_rules.buffer(row)];
      if (columns > 0 && repeats > 0) {
        const std::int64_t periods = repeat(before, repeats);
        row += periods * buffers;
        columns -= periods * buffers * perRow;
        before = m_state;
      }
      ++row;
    }
  }

  /// Serves the columns of one row, with the activates of this row and the next. Returns the cycle of the
  /// first column.
  [[gnu::always_inline]] DramCycles visit(std::int64_t row, std::int64_t columns, bool hasNext) {
    const DramCycles interval = m_rules.interval();
    DramCycles first = -1;
    while (true) {
      open(row);
      m_nextIsReady = hasNext && m_rules.buffers() == 2 && prepare(row + 1);
      const DramCycles issue = m_rules.columnIssue(m_state, row);
      const DramCycles deadline = m_rules.refreshDeadline(m_state);
      if (issue < deadline) {
        if (first < 0) first = issue;
        const bool all = issue + (columns - 1) * interval < deadline;
        const std::int64_t served = all ? columns : (deadline - issue + interval - 1) / interval;
        m_rules.column(m_state, row, issue + (served - 1) * interval);
        columns -= served;
        if (columns == 0) return first;
      }
      refresh(deadline);
    }
  }

  /// Serves rows whose times do not depend on other rows, from `row` to the last one, in one step. `row` is
  /// not open; its first `before` columns are left out. Without refreshes, each row takes one period. A
  /// refresh falls due every tREFI - tRFC of that time, and is done before the first row that begins later.
  /// Returns the cycle of the first column.
  [[gnu::always_inline]] DramCycles rowsOnTheirOwn(std::int64_t row, std::int64_t before) {
    open(row);
    const DramCycles first = m_rules.columnIssue(m_state, row);
    const std::int64_t more = m_rules.plan().lastRow - row;
    if (more > 0) {
      DramCycles begin = m_state.activated[0] - before * m_rules.interval() + more * m_rules.rowPeriod();
      const DramCycles late = begin - m_rules.refreshDue(m_state);
      if (late >= 0) {
        const std::int64_t refreshes = late / (m_rules.tRefi() - m_rules.tRfc()) + 1;
        begin += refreshes * m_rules.tRfc();
        countRefreshes(refreshes, begin - m_rules.tRfc());
      }
      m_counters.activates += static_cast<std::uint64_t>(more);
      m_counters.precharges += static_cast<std::uint64_t>(more);
      m_rules.activate(m_state, row + more, begin);
    }
    m_rules.lastOwnColumns(m_state);
    return first;
  }

  void open(std::int64_t row) {
    if (m_rules.isOpen(m_state, row)) {
      if (!m_nextIsReady) ++m_counters.rowsFoundOpen;
      return;
    }
    while (!activate(row)) refresh(0);
  }

  bool prepare(std::int64_t row) {
    if (!m_rules.isOpen(m_state, row)) return activate(row);
    ++m_counters.rowsFoundOpen;
    return true;
  }

  /// Opens a row and closes the row that its buffer held. Returns false, without an effect, if a refresh is
  /// due first.
  bool activate(std::int64_t row) {
    const int buffer = m_rules.buffer(row);
    const DramCycles issue = m_rules.activateIssue(m_state, buffer);
    if (m_rules.refreshDue(m_state) <= issue) return false;
    if (m_state.openRow[buffer] >= 0) ++m_counters.precharges;
    ++m_counters.activates;
    m_rules.activate(m_state, row, issue);
    return true;
  }

  /// Closes the bank at cycle `from` or later, and does all refreshes that are due by the time it is ready.
  void refresh(DramCycles from) {
    const DramCycles close = m_rules.closeIssue(m_state, from);
    for (int b = 0; b < m_rules.buffers(); ++b) {
      if (m_state.openRow[b] < 0) continue;
      ++m_counters.precharges;
      m_rules.precharge(m_state, b, close);
    }
    // Refresh i begins at issue + i * tRFC and is due at due + i * tREFI.
    const DramCycles issue = m_rules.refreshIssue(m_state, from);
    const DramCycles late = issue - m_rules.refreshDue(m_state);
    const DramCycles catchUp = m_rules.tRefi() - m_rules.tRfc();
    const std::int64_t more = late < catchUp ? 0 : late / catchUp;
    countRefreshes(more + 1, issue + more * m_rules.tRfc());
  }

  void countRefreshes(std::int64_t count, DramCycles lastIssue) {
    m_rules.refresh(m_state, lastIssue, count);
    m_counters.refreshes += static_cast<std::uint64_t>(count);
  }

  /// Repeats the last period, which began at `before`, as long as it stays the same, at most `most` times.
  /// Returns the number of repetitions. If rows were skipped since `before`, the measured period is a
  /// multiple of the true one; no further repetition is then possible, because the refresh that ended the
  /// previous repetition is still ahead.
  std::int64_t repeat(const State& before, std::int64_t most) {
    const DramCycles period = m_state.columnReady - before.columnReady;
    bool same = m_state.refreshed == before.refreshed;
    DramCycles lastActivate = 0;
    for (int b = 0; b < m_rules.buffers(); ++b) {
      same = same && m_state.ready[b] - before.ready[b] == period &&
             m_state.activated[b] - before.activated[b] == period;
      lastActivate = std::max(lastActivate, m_state.activated[b]);
    }
    if (!same) return 0;
    const DramCycles lastColumn = m_state.columnReady - m_rules.interval();
    const std::int64_t times = std::min({most, (m_rules.refreshDue(m_state) - 1 - lastActivate) / period,
                                         (m_rules.refreshDeadline(m_state) - 1 - lastColumn) / period});
    if (times <= 0) return 0;
    const std::int64_t rows = times * m_rules.buffers();
    for (int b = 0; b < m_rules.buffers(); ++b) {
      m_state.ready[b] += times * period;
      m_state.activated[b] += times * period;
      m_state.openRow[b] += static_cast<std::int32_t>(rows);
    }
    m_state.columnReady += times * period;
    m_counters.activates += static_cast<std::uint64_t>(rows);
    m_counters.precharges += static_cast<std::uint64_t>(rows);
    return times;
  }

  const Rules& m_rules;
  State& m_state;
  DramCounters& m_counters;
  bool m_nextIsReady = false;
};

/// The common part of the two ways to serve a stream: ClosedForm and BankSequencer.
template <class Rules, class Path>
[[gnu::always_inline]] inline StreamTimes serve(const Rules& rules, BankTiming::State& state,
                                                DramCycles start, DramTimingModel model,
                                                DramCounters& counters, Path&& path) {
  const DramCycles begin = std::max(start, state.columnReady);
  const StreamPlan& plan = rules.plan();
  if (plan.columns == 0) return {begin, begin, begin};
  DramCycles first = begin;
  if (model == DramTimingModel::Ideal) {
    state.columnReady = begin + plan.columns * rules.interval();
  } else {
    arrive(rules, state, begin, path);
    first = path.stream();
  }
  counters.countColumns(plan.request);
  return {first, state.columnReady - rules.interval(), state.columnReady};
}

template <class Rules>
StreamTimes streamBy(const DramTiming& timing, BankTiming::State& state, DramCycles start,
                     const StreamPlan& plan, std::uint32_t bank, DramCounters& counters) {
  const Rules rules(timing, plan, bank);
  DramCounters own;
  const StreamTimes times =
      serve(rules, state, start, timing.model, own, ClosedForm<Rules>(rules, state, own));
  counters += own;
  return times;
}

template <class Path>
void serveIdle(const BankRules& rules, BankTiming::State& state, DramCycles now, DramTimingModel model,
               Path&& path) {
  if (model == DramTimingModel::Ideal || now <= state.columnReady) return;
  path.idleUntil(now);
  rules.settle(state, now);
}

}  // namespace

StreamPlan BankTiming::plan(const StreamRequest& request) const {
  const auto bankColumns = static_cast<std::int64_t>(m_timing.organisation.bankBytes >> m_timing.columnBits);
  const auto firstColumn = static_cast<std::int64_t>(request.byteOffset >> m_timing.columnBits);
  if (firstColumn >= bankColumns || request.columns > static_cast<std::uint64_t>(bankColumns - firstColumn)) {
    throw std::logic_error("DRAM stream leaves the bank");
  }
  const DramTiming::PerKind& kind = m_timing.kinds[static_cast<std::size_t>(request.kind)];
  StreamPlan plan;
  plan.request = request;
  plan.columns = static_cast<std::int64_t>(request.columns);
  plan.firstRow = firstColumn >> m_timing.rowBits;
  plan.firstColumnInRow = firstColumn & (m_timing.columnsPerRow() - 1);
  plan.inFirstRow = std::min(m_timing.columnsPerRow() - plan.firstColumnInRow, plan.columns);
  plan.interval = std::max(m_timing.tCcd, request.columnInterval);
  plan.tRcd = kind.tRcd;
  plan.columnToPrecharge = kind.columnToPrecharge;
  const std::int64_t end = plan.firstColumnInRow + plan.columns;
  const std::int64_t rows = std::max<std::int64_t>((end - 1) >> m_timing.rowBits, 0);
  plan.lastRow = plan.firstRow + rows;
  plan.toLastColumn = plan.toColumn(rows == 0 ? plan.columns : end - rows * m_timing.columnsPerRow());
  plan.rowPeriod = plan.toColumn(m_timing.columnsPerRow()) + plan.columnToPrecharge + m_timing.tRp;
  const BankRulesFor<true> rules(m_timing, plan, 0);
  plan.rowsStandAlone = rules.standAlone(m_timing.columnsPerRow());
  plan.firstRowStandsAlone = rules.standAlone(plan.inFirstRow);
  return plan;
}

DramCycles BankTiming::stream(State& state, DramCycles start, const StreamPlan& plan, std::uint32_t bank,
                              DramCounters& counters) const {
  return times(state, start, plan, bank, counters).end;
}

Access BankTiming::stream(State& state, DramCycles start, const StreamRequest& request) const {
  DramCounters counters;
  const StreamTimes when = times(state, start, plan(request), request.bank, counters);
  return {when, counters};
}

inline StreamTimes BankTiming::times(State& state, DramCycles start, const StreamPlan& plan,
                                     std::uint32_t bank, DramCounters& counters) const {
  return m_timing.plain() ? streamBy<BankRulesFor<true>>(m_timing, state, start, plan, bank, counters)
                          : streamBy<BankRules>(m_timing, state, start, plan, bank, counters);
}

Access BankTiming::stream(State& state, DramCycles start, const StreamRequest* requests,
                          std::size_t count) const {
  Access all;
  all.firstColumn = all.lastColumn = all.end = std::max(start, state.columnReady);
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (requests[i].columns == 0) continue;
    const Access one = stream(state, start, requests[i]);
    if (!any) all.firstColumn = one.firstColumn;
    any = true;
    all.lastColumn = one.lastColumn;
    all.end = one.end;
    all.counters += one.counters;
  }
  return all;
}

Access BankTiming::streamExact(State& state, DramCycles start, const StreamRequest& request,
                               DramObserver& observer) const {
  const StreamPlan plan = this->plan(request);
  const BankRules rules(m_timing, plan, request.bank);
  DramCounters counters;
  observer.stream({request, start});
  const StreamTimes times =
      serve(rules, state, start, m_timing.model, counters, BankSequencer(rules, state, counters, &observer));
  return {times, counters};
}

DramCounters BankTiming::idleUntil(State& state, DramCycles now, std::uint32_t bank) const {
  const StreamPlan nothing;
  const BankRules rules(m_timing, nothing, bank);
  DramCounters counters;
  serveIdle(rules, state, now, m_timing.model, ClosedForm<BankRules>(rules, state, counters));
  return counters;
}

DramCounters BankTiming::idleUntilExact(State& state, DramCycles now, std::uint32_t bank,
                                        DramObserver& observer) const {
  const StreamPlan nothing;
  const BankRules rules(m_timing, nothing, bank);
  DramCounters counters;
  serveIdle(rules, state, now, m_timing.model, BankSequencer(rules, state, counters, &observer));
  return counters;
}

}  // namespace pim
