#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/dram/activation_window.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim {

/// A DRAM command, or a run of columns, as it is shown to an observer.
struct RecordedCommand {
  DramCommand command;
  std::int64_t columns = 0;  ///< 0: a command; otherwise so many columns, `interval` apart
  DramCycles interval = 0;
};

/// A stream that an arbiter has served.
struct ServedStream {
  BankTiming::State before;  ///< of the bank
  BankTiming::State after;
  DramCycles arrival = 0;
  Access access;
  std::uint64_t command = 0;              ///< StreamArrival::command
  std::vector<RecordedCommand> commands;  ///< where they are recorded
};

/// Shows an observer what was recorded.
void replay(const std::vector<RecordedCommand>& commands, DramObserver& observer);

/// A bank's part in a command: streams that follow each other, and what became of them.
struct BankTurn {
  std::uint32_t bank = 0;
  BankTiming::State state;  ///< before the streams; the bank takes over the one after them
  DramCycles start = 0;
  const StreamPlan* plans = nullptr;
  std::size_t count = 0;
  std::vector<ServedStream>* served = nullptr;  ///< one per plan
};

/// Serves the streams of a die's banks under DramSettings::activationLimit. Banks share nothing but the right
/// to activate, which goes to the bank that is ready first, the lower one of two; nobody waits otherwise.
///
/// Staggered: each bank goes its own way. Enforced: a row command is one for all banks of the command. The
/// n-th row that they open is activated in one bank after another once all of them are ready, a refresh that
/// is due in any of them by then goes first there, and the columns of all begin after the last activate, from
/// which tRCD, tRAS and tRC count.
///
/// Activates of commands that were served before stay where they are; later ones fill the gaps between them.
class ActivationArbiter {
 public:
  /// `timing` must outlive the arbiter.
  explicit ActivationArbiter(const DramTiming& timing) : m_timing(&timing), m_window(timing) {}

  /// Serves the turns of one command, which arrive at `now` or later, as none will before it any more.
  void serve(std::vector<BankTurn>& turns, DramCycles now, bool record);

  /// For dies in lock-step.
  bool sameFrom(DramCycles now, const ActivationArbiter& other) const {
    return m_window.sameFrom(now, other.m_window);
  }
  void adopt(const ActivationArbiter& other) { m_window = other.m_window; }

 private:
  const DramTiming* m_timing;
  ActivationWindow m_window;
  std::uint64_t m_commands = 0;
};

}  // namespace pim
