#include "core/dram/activation_arbiter.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "core/dram/bank_sequencer.h"

namespace pim {
namespace {

class Recording : public DramObserver {
 public:
  explicit Recording(std::vector<RecordedCommand>& commands) : m_commands(commands) {}
  void command(const DramCommand& command) override { m_commands.push_back({command, 0, 0}); }
  bool takesRuns() const override { return true; }
  void columns(const DramCommand& first, std::int64_t count, DramCycles interval) override {
    m_commands.push_back({first, count, interval});
  }

 private:
  std::vector<RecordedCommand>& m_commands;
};

/// A turn in progress: serves its streams one after another, each with its own sequencer.
class Progress {
 public:
  Progress(const DramTiming& timing, BankTurn& turn, bool record)
      : m_timing(timing), m_turn(turn), m_record(record) {
    m_turn.served->clear();
  }

  /// Continues to the next activate; returns false at the end of the last stream.
  bool advance() {
    while (m_next < m_turn.count) {
      if (!m_stream) begin();
      if (m_stream->sequencer.advance()) return true;
      end();
    }
    return false;
  }

  BankSequencer& sequencer() { return m_stream->sequencer; }
  std::uint32_t bank() const { return m_turn.bank; }

 private:
  struct Stream {
    Stream(const DramTiming& timing, BankTurn& turn, const StreamPlan& plan, ServedStream& served,
           bool record)
        : rules(timing, plan, turn.bank),
          recording(served.commands),
          sequencer(rules, turn.state, served.access.counters, record ? &recording : nullptr) {}
    BankRules rules;
    Recording recording;
    BankSequencer sequencer;
  };

  void begin() {
    const StreamPlan& plan = m_turn.plans[m_next];
    m_turn.served->push_back({});
    ServedStream& served = m_turn.served->back();
    served.before = m_turn.state;
    m_stream.emplace(m_timing, m_turn, plan, served, m_record);
    served.arrival = m_turn.start;
    m_begin = std::max(m_turn.start, m_turn.state.columnReady);
    if (plan.columns > 0) arrive(m_stream->rules, m_turn.state, m_begin, m_stream->sequencer);
  }

  void end() {
    const StreamPlan& plan = m_turn.plans[m_next++];
    ServedStream& served = m_turn.served->back();
    served.access.counters.countColumns(plan.request);
    served.access.firstColumn = plan.columns > 0 ? m_stream->sequencer.firstColumn() : m_begin;
    served.access.end = plan.columns > 0 ? m_turn.state.columnReady : m_begin;
    served.access.lastColumn = plan.columns > 0 ? served.access.end - plan.interval : m_begin;
    served.after = m_turn.state;
    m_turn.start = served.access.end;
    m_stream.reset();
  }

  const DramTiming& m_timing;
  BankTurn& m_turn;
  bool m_record;
  std::size_t m_next = 0;
  DramCycles m_begin = 0;
  std::optional<Stream> m_stream;
};

using Turns = std::deque<Progress>;

/// Grants activates in the order in which the banks become ready.
void stagger(Turns& turns, ActivationWindow& window) {
  std::vector<Progress*> waiting;
  for (Progress& turn : turns) {
    if (turn.advance()) waiting.push_back(&turn);
  }
  while (!waiting.empty()) {
    const auto first = std::min_element(waiting.begin(), waiting.end(), [](Progress* a, Progress* b) {
      return a->sequencer().wanted() < b->sequencer().wanted();
    });
    BankSequencer& bank = (*first)->sequencer();
    const DramCycles cycle = window.earliest(bank.wanted());
    if (bank.accepts(cycle)) {
      window.take(cycle);
      bank.activate(cycle, cycle);
    } else {
      bank.refuse();
    }
    if (!(*first)->advance()) waiting.erase(first);
  }
}

/// Grants the activates of all banks together, one row of each bank at a time.
void activateTogether(Turns& turns, ActivationWindow& window) {
  std::vector<Progress*> waiting;
  while (true) {
    waiting.clear();
    DramCycles ready = 0;
    for (Progress& turn : turns) {
      if (!turn.advance()) continue;
      waiting.push_back(&turn);
      ready = std::max(ready, turn.sequencer().wanted());
    }
    if (waiting.empty()) return;
    bool refused = false;
    for (Progress* turn : waiting) {
      if (turn->sequencer().accepts(ready)) continue;
      turn->sequencer().refuse();
      refused = true;
    }
    if (refused) continue;
    std::vector<DramCycles> cycles;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      ready = window.earliest(ready);
      window.take(ready);
      cycles.push_back(ready);
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i]->sequencer().activate(cycles[i], ready);
  }
}

}  // namespace

void replay(const std::vector<RecordedCommand>& commands, DramObserver& observer) {
  for (const RecordedCommand& recorded : commands) {
    if (recorded.columns == 0) {
      observer.command(recorded.command);
    } else if (observer.takesRuns()) {
      observer.columns(recorded.command, recorded.columns, recorded.interval);
    } else {
      DramCommand one = recorded.command;
      for (std::int64_t i = 0; i < recorded.columns; ++i) {
        observer.command(one);
        one.cycle += recorded.interval;
        ++one.column;
      }
    }
  }
}

void ActivationArbiter::serve(std::vector<BankTurn>& turns, DramCycles now, bool record) {
  m_window.forgetBefore(now);
  Turns progress;
  for (BankTurn& turn : turns) progress.emplace_back(*m_timing, turn, record);
  if (m_timing->activationLimit == DramActivationLimit::Enforced) {
    activateTogether(progress, m_window);
  } else {
    stagger(progress, m_window);
  }
  ++m_commands;
  for (BankTurn& turn : turns) {
    for (ServedStream& served : *turn.served) served.command = m_commands;
  }
}

}  // namespace pim
