#include "tests/sim/commands/background_pimtlm.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace pim::cli {

BackgroundPimtlm::BackgroundPimtlm(const Words& words, const std::string& errors) {
  std::vector<char*> arguments{const_cast<char*>(PIMTLM_EXECUTABLE)};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  m_process = ::fork();
  if (m_process != 0) return;
  const int nowhere = ::open("/dev/null", O_RDWR);
  const int file = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

BackgroundPimtlm::~BackgroundPimtlm() {
  if (m_gone) return;
  send(SIGKILL);
  wait();
}

void BackgroundPimtlm::send(int signal) const {
  ::kill(m_process, signal);
}

bool BackgroundPimtlm::sendToAChild(int signal) const {
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", m_process));
  pid_t child = 0;
  return (children >> child) && ::kill(child, signal) == 0;
}

int BackgroundPimtlm::wait() {
  int status = 0;
  ::waitpid(m_process, &status, 0);
  m_gone = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace pim::cli
