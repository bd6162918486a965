#pragma once

namespace pim::sim {

/// SIGINT or SIGTERM came while an InterruptionGuard watched for it.
struct Interrupted {
  int signal;
};

/// While one exists, SIGINT and SIGTERM are noted instead of ending the process, so that what is complete can
/// be kept and named. One at a time.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

  /// The signal that came; 0: none.
  static int signal();
  /// In a child process: signals end it again.
  static void release();
};

}  // namespace pim::sim
