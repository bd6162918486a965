#pragma once

#include <cstdint>

#include "core/dram/bank_rules.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim {

/// Serves a stream command by command: always the command that may be issued first. Internal to
/// core/dram.
class BankSequencer {
 public:
  using State = BankTiming::State;

  BankSequencer(const BankRules& rules, State& state, DramCounters& counters, const StreamRequest& request,
                DramObserver& observer)
      : m_rules(rules), m_state(state), m_counters(counters), m_request(request), m_observer(observer) {}

  void idleUntil(DramCycles now);

  /// Returns the issue of the first column.
  DramCycles stream();

 private:
  /// A step towards an open row: its precharge, its activate, or none while a refresh has to come first.
  struct RowStep {
    enum class Kind { None, Precharge, Activate };
    Kind kind;
    DramCycles issue;
  };

  RowStep nextRowStep(std::int64_t row) const;
  /// When this bank does it: with an enforced limit banks activate one after another.
  DramCycles ownCycle(const RowStep& step) const;
  void perform(const RowStep& step, std::int64_t row);
  void refresh(DramCycles from);
  void precharge(int buffer, DramCycles cycle);
  void column(std::int64_t row, std::int64_t columnInRow, DramCycles cycle);
  /// As many columns of the row, at most `most`, as may be issued before the deadline; returns how many.
  std::int64_t columnRun(std::int64_t row, std::int64_t columnInRow, std::int64_t most, DramCycles issue,
                         DramCycles deadline);
  DramCommandKind columnKind() const;
  void emit(DramCommandKind kind, DramCycles cycle, std::int64_t row, std::int64_t column);

  const BankRules& m_rules;
  State& m_state;
  DramCounters& m_counters;
  const StreamRequest& m_request;
  DramObserver& m_observer;
};

}  // namespace pim
