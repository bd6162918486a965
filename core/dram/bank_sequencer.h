#pragma once

#include <cstdint>

#include "core/dram/bank_rules.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim {

/// Serves a stream command by command and always issues the command that is possible first. It stops before
/// each activate, so that a caller that serves several banks decides when each of them activates. Internal to
/// core/dram.
class BankSequencer {
 public:
  using State = BankTiming::State;

  /// All arguments must outlive the sequencer. The observer may be null.
  BankSequencer(const BankRules& rules, State& state, DramCounters& counters, DramObserver* observer)
      : m_rules(rules),
        m_state(state),
        m_counters(counters),
        m_observer(observer),
        m_left(rules.plan().columns),
        m_row(rules.plan().firstRow),
        m_columnInRow(rules.plan().firstColumnInRow),
        m_unseen(m_row) {}

  void idleUntil(DramCycles now);

  /// Serves the whole stream, with each activate as early as the rules of this bank allow. Returns the issue
  /// cycle of the first column.
  DramCycles stream() {
    while (advance()) activate(m_wanted, m_wanted);
    return m_first;
  }

  /// Proceeds to the next activate. Returns false if the stream ends first.
  bool advance();
  /// The earliest cycle of that activate by the rules of this bank alone.
  DramCycles wanted() const { return m_wanted; }
  /// Returns whether it may be issued at `cycle`. If not, a refresh must come first: call refuse().
  bool accepts(DramCycles cycle) const { return m_rules.refreshDue(m_state) > cycle; }
  /// Activates at `cycle`; tRCD, tRAS and tRC count from `open`.
  void activate(DramCycles cycle, DramCycles open);
  /// Gives up the activate for now: the refresh goes first, or the next row is not opened ahead of time.
  void refuse();

  DramCycles firstColumn() const { return m_first; }

 private:
  /// A step towards an open row: its precharge, its activate, or none if a refresh must come first.
  struct RowStep {
    enum class Kind { None, Precharge, Activate };
    Kind kind;
    DramCycles issue;
  };

  RowStep nextRowStep(std::int64_t row) const;
  /// Issues the step if it is a precharge. Returns false for an activate, which is then pending.
  bool perform(const RowStep& step, std::int64_t row);
  /// Issues the activate that was granted.
  void open();
  void refresh(DramCycles from);
  void precharge(int buffer, DramCycles cycle);
  /// Issues columns of the row that may be issued before `until`.
  void columns(DramCycles issue, DramCycles until);
  DramCommandKind columnKind() const;
  void emit(DramCommandKind kind, DramCycles cycle, std::int64_t row, std::int64_t column);

  const BankRules& m_rules;
  State& m_state;
  DramCounters& m_counters;
  DramObserver* m_observer;

  std::int64_t m_left;         // columns
  std::int64_t m_row;          // of the next column
  std::int64_t m_columnInRow;  // of the next column
  std::int64_t m_unseen;       // rows from here on have not been counted as a hit or activated
  DramCycles m_first = -1;
  // The pending activate, and then the granted one.
  std::int64_t m_wantedRow = 0;
  DramCycles m_wanted = 0;
  bool m_granted = false;
  DramCycles m_grant = 0;
  DramCycles m_grantOpen = 0;
  std::int64_t m_refusedRow = -1;  // is not prepared any more
  DramCycles m_lastPrecharge = 0;
};

}  // namespace pim
