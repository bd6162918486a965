#include "core/base/program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "core/base/unfinished_file.h"

namespace pim {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
const char* g_name = "";

void print(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

extern "C" void endProgram(int signal) {
  if (signal == SIGPIPE && isPipeExpected()) return;
  removeUnfinishedFiles();
  if (signal != SIGPIPE) {
    print(g_name);
    print(": interrupted: ");
    writeFinishedNames(STDERR_FILENO);
    print("\n");
  }
  ::_exit(128 + signal);
}

void openStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open() returns the lowest free number, which is that of the closed descriptor.
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) < 0) return;
  }
}

}  // namespace

void startProgram(const char* name) {
  g_name = name;
  openStandardDescriptors();
  struct sigaction action {};
  action.sa_handler = endProgram;
  sigfillset(&action.sa_mask);
  for (const int signal : kSignals) {
    struct sigaction before {};
    // nohup, and shells without job control, make a program ignore signals: keep that.
    const bool ignored = sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    if (!ignored || signal == SIGPIPE) sigaction(signal, &action, nullptr);
  }
}

void startChild() {
  for (const int signal : kSignals) std::signal(signal, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
}

}  // namespace pim
