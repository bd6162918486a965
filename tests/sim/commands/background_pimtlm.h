#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {

/// The executable in the background, to be disturbed.
class BackgroundPimtlm {
 public:
  /// What it prints goes to `errors`, a file, and nowhere.
  BackgroundPimtlm(const Words& words, const std::string& errors);
  ~BackgroundPimtlm();
  BackgroundPimtlm(const BackgroundPimtlm&) = delete;
  BackgroundPimtlm& operator=(const BackgroundPimtlm&) = delete;

  void send(int signal) const;
  /// Sends it to one of the processes that it started; false when there is none.
  bool sendToAChild(int signal) const;
  /// Returns the exit status, or 128 + the signal that ended it.
  int wait();

 private:
  pid_t m_process;
  bool m_gone = false;
};

}  // namespace pim::cli
