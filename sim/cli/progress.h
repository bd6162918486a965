#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pim::sim {

/// Shows the progress of long work on stderr, with an estimate of the remaining time. Silent unless stderr is
/// a terminal or the user requested progress.
class Progress {
 public:
  Progress(bool forced, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Returns whether progress is shown. `forced`: the user requested it.
  static bool isShown(bool forced);
  void step(std::uint64_t more = 1);

 private:
  using Clock = std::chrono::steady_clock;

  bool m_on;
  bool m_terminal;
  std::string m_what;
  std::uint64_t m_total;
  std::uint64_t m_done = 0;
  Clock::time_point m_start = Clock::now();
  Clock::time_point m_shown;
};

}  // namespace pim::sim
