#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/dram/activation_window.h"
#include "core/dram/bank_timing.h"
#include "core/dram/dram_command.h"

namespace pim {

/// Records a DRAM command, or a run of columns, for an observer.
struct RecordedCommand {
  DramCommand command;
  std::int64_t columns = 0;  ///< 0: a single command; otherwise this number of columns, `interval` apart
  DramCycles interval = 0;
};

/// A stream that an arbiter has served.
struct ServedStream {
  BankTiming::State before;  ///< of the bank
  BankTiming::State after;
  DramCycles arrival = 0;
  Access access;
  std::uint64_t command = 0;              ///< StreamArrival::command
  std::vector<RecordedCommand> commands;  ///< if they are recorded
};

/// Reports recorded events to an observer.
void replay(const std::vector<RecordedCommand>& commands, DramObserver& observer);

/// The part of one bank in a command: its streams, one after another, and their results.
struct BankTurn {
  std::uint32_t bank = 0;
  BankTiming::State state;  ///< before the streams; the bank adopts the state after them
  DramCycles start = 0;
  const StreamPlan* plans = nullptr;
  std::size_t count = 0;
  std::vector<ServedStream>* served = nullptr;  ///< one per plan
};

/// Serves the streams of the banks of a die under DramSettings::activationLimit. The banks share only the
/// right to activate. It goes to the bank that is ready first; of two that are ready at the same time, to the
/// lower one. A bank waits for nothing else.
///
/// Staggered: each bank runs independently. Enforced: all banks of a command open each row together. Once all
/// of them are ready, the banks activate the n-th row one after another. A refresh that falls due in one of
/// them before that is issued first in that bank. The columns of all banks begin after the last activate, and
/// tRCD, tRAS and tRC count from it.
///
/// Activates of commands that were served earlier do not move; later activates fill the gaps between them.
class ActivationArbiter {
 public:
  /// `timing` must outlive the arbiter.
  explicit ActivationArbiter(const DramTiming& timing) : m_timing(&timing), m_window(timing) {}

  /// Serves the turns of one command, which arrive at `now` or later. No later call may have an earlier
  /// `now`.
  void serve(std::vector<BankTurn>& turns, DramCycles now, bool record);

  /// Compares and copies states, for dies in lock-step.
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
