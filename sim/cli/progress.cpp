#include "sim/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace pim::sim {

Progress::Progress(bool forced, std::string what, std::uint64_t total)
    : m_terminal(isatty(STDERR_FILENO) == 1), m_what(std::move(what)), m_total(total) {
  m_on = isShown(forced);
}

bool Progress::isShown(bool forced) {
  return forced || isatty(STDERR_FILENO) == 1;
}

Progress::~Progress() {
  if (m_on && m_done != 0 && m_terminal) std::fputs("\r\033[K", stderr);
}

void Progress::step(std::uint64_t more) {
  m_done += more;
  if (!m_on || m_done == 0) return;
  const Clock::time_point now = Clock::now();
  constexpr auto kInterval = std::chrono::milliseconds(500);
  if (now - m_shown < kInterval && m_done != m_total) return;
  m_shown = now;
  const double elapsed = std::chrono::duration<double>(now - m_start).count();
  const double left = elapsed / static_cast<double>(m_done) * static_cast<double>(m_total - m_done);
  fmt::print(stderr, "{}{} {}/{}, {:.0f} s left{}", m_terminal ? "\r\033[K" : "", m_what, m_done, m_total,
             left, m_terminal ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace pim::sim
