#include "sim/sweep/interruption.h"

#include <csignal>

namespace pim::sim {
namespace {

volatile std::sig_atomic_t caught = 0;

void note(int signal) {
  caught = signal;
}

void set(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // no SA_RESTART: whoever waits is to look
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptionGuard::InterruptionGuard() {
  caught = 0;
  set(note);
}

InterruptionGuard::~InterruptionGuard() {
  set(SIG_DFL);
}

int InterruptionGuard::signal() {
  return caught;
}

void InterruptionGuard::release() {
  set(SIG_DFL);
}

}  // namespace pim::sim
