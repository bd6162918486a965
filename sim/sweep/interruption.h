#pragma once

#include <csignal>

namespace pim::sim {

/// SIGINT or SIGTERM came while an InterruptionGuard watched for it.
struct Interrupted {
  int signal;
};

/// While one exists, SIGINT and SIGTERM are noted instead of ending the process, so that what is complete can
/// be kept and named. A signal that is ignored stays ignored. One at a time.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

  /// The signal that came; 0: none.
  static int signal();

 private:
  struct sigaction m_before[2];  // of SIGINT and SIGTERM
};

}  // namespace pim::sim
