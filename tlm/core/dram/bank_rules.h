#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "tlm/core/dram/bank_timing.h"

namespace pim {

/// The rules of DramTiming for one request: the earliest cycle of each command, and what the command leaves
/// behind in the bank's state. Both ways to serve a stream are written on top of these. Internal to
/// tlm/core/dram.
///
/// `kPlain`: the bank has one row buffer and no activation limit, as most have; what serves them only is not
/// compiled in.
template <bool kPlain>
class BankRulesFor {
 public:
  using State = BankTiming::State;

  BankRulesFor(const DramTiming& timing, const StreamRequest& request)
      : m_timing(timing),
        m_firstColumn(static_cast<std::int64_t>(request.byteOffset >> timing.columnBits)),
        m_interval(std::max(timing.tCcd, request.columnInterval)),
        m_buffers(static_cast<int>(timing.organisation.rowBuffers)),
        m_tRcd(timing.kinds[static_cast<std::size_t>(request.kind)].tRcd),
        m_columnToPrecharge(timing.kinds[static_cast<std::size_t>(request.kind)].columnToPrecharge) {
    if (timing.refresh != DramRefresh::Off) {
      m_tRefi = timing.tRefi;
      m_postpone = timing.refreshPostponeMax * timing.tRefi;
    }
    if (timing.refresh == DramRefresh::PerBank) {
      m_refreshOffset = timing.tRefi * request.bank / timing.organisation.banksPerDie;
      m_tRfc = timing.tRfcPb;
    } else {
      m_tRfc = timing.tRfc;
    }
    if (!kPlain && timing.activationLimit != DramActivationLimit::Off) limitActivation(request);

    const auto bankColumns = static_cast<std::int64_t>(timing.organisation.bankBytes >> timing.columnBits);
    if (m_firstColumn >= bankColumns ||
        request.columns > static_cast<std::uint64_t>(bankColumns - m_firstColumn)) {
      throw std::logic_error("DRAM stream leaves the bank");
    }
  }

  std::int64_t firstRow() const { return m_firstColumn >> m_timing.rowBits; }
  std::int64_t firstColumnInRow() const { return m_firstColumn & (columnsPerRow() - 1); }
  std::int64_t columnsPerRow() const { return m_timing.columnsPerRow(); }
  /// Whole rows that `columns` fill.
  std::int64_t rowsIn(std::int64_t columns) const { return columns >> m_timing.rowBits; }
  /// How often `columns` fill a row in every buffer.
  std::int64_t wholePeriods(std::int64_t columns) const {
    return columns >> (m_timing.rowBits + buffers() - 1);
  }
  DramCycles interval() const { return m_interval; }
  int buffers() const { return kPlain ? 1 : m_buffers; }
  int buffer(std::int64_t row) const { return static_cast<int>(row) & (buffers() - 1); }
  /// This bank's commands after those of the state, and its activates after those of bank 0.
  DramCycles shift() const { return kPlain ? 0 : m_shift; }
  /// The shift of the last of the active banks.
  DramCycles lastShift() const { return kPlain ? 0 : m_lastShift; }
  DramCycles ownActivateOffset() const { return m_ownActivateOffset; }

  bool isOpen(const State& state, std::int64_t row) const { return state.openRow[buffer(row)] == row; }

  /// Earliest precharge of a buffer for a stream's row: the next row is looked at once the current one is
  /// activated.
  DramCycles prechargeIssue(const State& state, int buffer) const {
    return std::max(state.ready[buffer], buffers() == 2 ? state.activated[buffer ^ 1] : 0);
  }
  /// Earliest activate, with the precharge before it if a row is open.
  DramCycles activateIssue(const State& state, int buffer) const {
    const DramCycles closed = prechargeIssue(state, buffer) + (state.openRow[buffer] >= 0 ? m_timing.tRp : 0);
    return std::max(std::max(closed, state.activated[buffer] + m_timing.tRc), state.activateReady);
  }
  DramCycles columnIssue(const State& state, std::int64_t row) const {
    return std::max(state.columnReady, state.activated[buffer(row)] + m_tRcd);
  }

  /// When the next refresh falls due, and from when on no column may be issued before it.
  DramCycles refreshDue(const State& state) const {
    return m_refreshOffset + (state.refreshes + 1) * m_tRefi;
  }
  DramCycles refreshDeadline(const State& state) const { return refreshDue(state) + m_postpone; }
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
  DramCycles tRfc() const { return m_tRfc; }
  DramCycles tRefi() const { return m_tRefi; }

  /// From the activate of a whole row to the earliest activate of the next.
  DramCycles rowPeriod() const {
    return spread() + lastOwnColumn(columnsPerRow()) + m_columnToPrecharge + m_timing.tRp;
  }
  /// Whether a row depends on nothing but its own activate, and the next row's activate on nothing but the
  /// last column: rows follow each other every rowPeriod(), and refreshes only push them back.
  bool rowsStandAlone() const {
    const DramCycles period = rowPeriod();
    return buffers() == 1 && m_interval <= m_columnToPrecharge + m_timing.tRp + m_tRcd &&
           period >= spread() + std::max(m_timing.tRas + m_timing.tRp, m_timing.tRc) &&
           period >= activatePeriod() && period <= m_postpone;
  }
  DramCycles activateOf(const State& state) const { return state.activated[0] - spread(); }
  /// The columns of a row that stands alone.
  void ownColumns(State& state, std::int64_t row, std::int64_t columns) const {
    column(state, row, state.activated[0] + lastOwnColumn(columns));
  }

  void precharge(State& state, int buffer, DramCycles cycle) const {
    state.openRow[buffer] = -1;
    state.ready[buffer] = cycle + m_timing.tRp;
  }
  void activate(State& state, std::int64_t row, DramCycles cycle) const {
    const int b = buffer(row);
    state.openRow[b] = static_cast<std::int32_t>(row);
    state.activated[b] = cycle + spread();
    state.ready[b] = state.activated[b] + m_timing.tRas;
    state.activateReady = cycle + activatePeriod();
  }
  void column(State& state, std::int64_t row, DramCycles cycle) const {
    const int b = buffer(row);
    state.columnReady = cycle + m_interval;
    state.ready[b] = std::max(state.ready[b], cycle + m_columnToPrecharge);
  }
  /// `count` refreshes, the last one issued at `cycle`.
  void refresh(State& state, DramCycles cycle, std::int64_t count) const {
    state.refreshes += count;
    for (int b = 0; b < buffers(); ++b) state.ready[b] = cycle + m_tRfc;
  }
  /// The bank has been idle up to `now`: times that cannot matter any more become those of any other idle
  /// bank.
  void settle(State& state, DramCycles now) const {
    const DramCycles forgotten = now - m_timing.reach;
    state.columnReady = std::max(state.columnReady, now);
    state.activateReady = std::max(state.activateReady, now);
    for (int b = 0; b < buffers(); ++b) {
      state.ready[b] = std::max(state.ready[b], now);
      state.activated[b] = std::max(state.activated[b], forgotten);
    }
  }

 private:
  // Far enough for any run, and sums of three still fit.
  static constexpr DramCycles kNever = std::numeric_limits<DramCycles>::max() / 4;

  /// From the activate of a row that stands alone, in the last bank, to the last of its columns.
  DramCycles lastOwnColumn(std::int64_t columns) const { return m_tRcd + (columns - 1) * m_interval; }

  DramCycles spread() const { return kPlain ? 0 : m_spread; }
  DramCycles activatePeriod() const { return kPlain ? 0 : m_activatePeriod; }

  void limitActivation(const StreamRequest& request) {
    const std::uint32_t active = std::max(request.activeBanks, request.bank + 1);
    if (active > m_timing.organisation.banksPerDie) {
      throw std::logic_error("DRAM stream of more banks than a die has");
    }
    m_activatePeriod = m_timing.activatePeriod(active);
    const DramCycles own = m_timing.activateOffset(request.bank);
    const DramCycles last = m_timing.activateOffset(active - 1);
    if (m_timing.activationLimit == DramActivationLimit::Staggered) {
      m_shift = own;
      m_lastShift = last;
    } else {
      m_spread = last;
      m_ownActivateOffset = own;
    }
  }

  const DramTiming& m_timing;
  std::int64_t m_firstColumn;
  DramCycles m_interval;
  int m_buffers;
  DramCycles m_tRcd;
  DramCycles m_columnToPrecharge;
  DramCycles m_refreshOffset = 0;
  DramCycles m_tRefi = kNever;     // without refresh the first one is never due
  DramCycles m_postpone = kNever;  // how long a row may keep one waiting
  DramCycles m_tRfc = 0;
  DramCycles m_spread = 0;          // from the first bank's activate to the last's
  DramCycles m_activatePeriod = 0;  // from one row command to the next
  DramCycles m_shift = 0;
  DramCycles m_lastShift = 0;
  DramCycles m_ownActivateOffset = 0;
};

using BankRules = BankRulesFor<false>;

}  // namespace pim
