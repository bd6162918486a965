#include "core/dram/activation_window.h"

#include <algorithm>

namespace pim {

DramCycles ActivationWindow::earliest(DramCycles wanted) const {
  // The loop passes one activate after another, so the cycle only increases.
  DramCycles cycle = wanted;
  auto next = std::lower_bound(m_taken.begin(), m_taken.end(), cycle);
  while (true) {
    while (next != m_taken.end() && *next < cycle) ++next;
    const auto before = next - m_taken.begin();
    const auto after = m_taken.end() - next;
    if (before >= 1 && cycle < next[-1] + m_tRrd) {
      cycle = next[-1] + m_tRrd;
      continue;
    }
    if (before >= 4 && cycle < next[-4] + m_tFaw) {
      cycle = next[-4] + m_tFaw;
      continue;
    }
    // Checks the activates that follow: of five activates, the first and the last must be at least tFAW
    // apart.
    bool fits = after < 1 || *next - cycle >= m_tRrd;
    if (after >= 4) fits = fits && next[3] - cycle >= m_tFaw;
    for (std::ptrdiff_t earlier = 1; earlier <= 3 && fits; ++earlier) {
      if (before >= earlier && after >= 4 - earlier) fits = next[3 - earlier] - next[-earlier] >= m_tFaw;
    }
    if (fits) return cycle;
    cycle = *next + m_tRrd;
    ++next;
  }
}

void ActivationWindow::take(DramCycles cycle) {
  m_taken.insert(std::upper_bound(m_taken.begin(), m_taken.end(), cycle), cycle);
}

ActivationWindow::Taken::const_iterator ActivationWindow::from(DramCycles now) const {
  return std::upper_bound(m_taken.begin(), m_taken.end(), now - reach());
}

void ActivationWindow::forgetBefore(DramCycles now) {
  m_taken.erase(m_taken.begin(), from(now));
}

bool ActivationWindow::sameFrom(DramCycles now, const ActivationWindow& other) const {
  return std::equal(from(now), m_taken.end(), other.from(now), other.m_taken.end());
}

}  // namespace pim
