#pragma once

#include <cstdint>

#include "core/dram/bank_rules.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim {

/// Serves a stream command by command: always the command that may be issued first. It stops before each
/// activate, so that whoever serves several banks decides when each of them activates. Internal to core/dram.
class BankSequencer {
 public:
  using State = BankTiming::State;

  /// All must outlive the sequencer. A null observer sees nothing.
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

  /// Serves all of the stream, each activate as early as this bank's rules allow. Returns the issue of the
  /// first column.
  DramCycles stream() {
    while (advance()) activate(m_wanted, m_wanted);
    return m_first;
  }

  /// Goes on to the next activate, or to the end of the stream, where it returns false.
  bool advance();
  /// The earliest cycle of that activate by the rules of the bank alone.
  DramCycles wanted() const { return m_wanted; }
  /// Whether it may be issued at `cycle`; otherwise a refresh goes first: refuse().
  bool accepts(DramCycles cycle) const { return m_rules.refreshDue(m_state) > cycle; }
  /// Activates at `cycle`; tRCD, tRAS and tRC count from `open`.
  void activate(DramCycles cycle, DramCycles open);
  /// Does without it for now.
  void refuse();

  DramCycles firstColumn() const { return m_first; }

 private:
  /// A step towards an open row: its precharge, its activate, or none while a refresh has to come first.
  struct RowStep {
    enum class Kind { None, Precharge, Activate };
    Kind kind;
    DramCycles issue;
  };

  RowStep nextRowStep(std::int64_t row) const;
  /// Takes the step if it is a precharge. Returns false for an activate, which is wanted then.
  bool perform(const RowStep& step, std::int64_t row);
  /// Issues the activate that was granted.
  void open();
  void refresh(DramCycles from);
  void precharge(int buffer, DramCycles cycle);
  /// Issues columns of the row as long as they may be issued before `until`.
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
  // The activate that is wanted, and then granted.
  std::int64_t m_wantedRow = 0;
  DramCycles m_wanted = 0;
  bool m_granted = false;
  DramCycles m_grant = 0;
  DramCycles m_grantOpen = 0;
  std::int64_t m_refusedRow = -1;  // is not prepared any more
  DramCycles m_lastPrecharge = 0;
};

}  // namespace pim
