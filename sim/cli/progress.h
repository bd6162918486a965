#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pim::sim {

/// Progress of long work on stderr, with an estimate of the time left; silent unless stderr is a terminal or
/// it was asked for.
class Progress {
 public:
  Progress(bool forced, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether anything is shown for `forced`.
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
