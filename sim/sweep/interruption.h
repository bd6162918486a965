#pragma once

#include <csignal>

namespace pim::sim {

/// SIGINT or SIGTERM arrived while an InterruptionGuard existed.
struct Interrupted {
  int signal;
};

/// While an object exists, it records SIGINT and SIGTERM instead of ending the process, so that complete
/// results can be kept and reported. An ignored signal stays ignored. Only one object may exist at a time.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

  /// The signal that arrived; 0: none.
  static int signal();

 private:
  struct sigaction m_before[2];  // of SIGINT and SIGTERM
};

}  // namespace pim::sim
