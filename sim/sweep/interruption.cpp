#include "sim/sweep/interruption.h"

#include <iterator>

namespace pim::sim {
namespace {

constexpr int kWatched[] = {SIGINT, SIGTERM};
volatile std::sig_atomic_t caught = 0;

void note(int signal) {
  caught = signal;
}

}  // namespace

InterruptionGuard::InterruptionGuard() {
  caught = 0;
  struct sigaction action {};
  action.sa_handler = note;  // no SA_RESTART: blocking calls must return
  for (std::size_t i = 0; i < std::size(kWatched); ++i) {
    sigaction(kWatched[i], nullptr, &m_before[i]);
    if (m_before[i].sa_handler != SIG_IGN) sigaction(kWatched[i], &action, nullptr);
  }
}

InterruptionGuard::~InterruptionGuard() {
  for (std::size_t i = 0; i < std::size(kWatched); ++i) sigaction(kWatched[i], &m_before[i], nullptr);
}

int InterruptionGuard::signal() {
  return caught;
}

}  // namespace pim::sim
