#include "sim/sweep/fork_pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <system_error>
#include <vector>

#include "core/base/program.h"
#include "core/base/unfinished_file.h"
#include "sim/sweep/interruption.h"
#include "sim/sweep/large_pages.h"

namespace pim::sim {
namespace {

constexpr int kAttempts = 3;
constexpr int kLookForSignals = 500;  // ms: a signal just before poll() does not end it

struct Child {
  pid_t process = -1;
  int answer = -1;  // read end of the pipe
  std::size_t piece = 0;
  int attempt = 1;
  std::string bytes;
};

/// Precedes the answer, so that an incomplete answer of a killed child is detected.
using Length = std::uint64_t;

void writeAnswer(int file, const std::string& text) {
  const Length length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  if (writeAll(file, bytes.data(), bytes.size()) != 0) ::_exit(1);
}

int waitFor(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string deathOf(int status) {
  if (WIFSIGNALED(status)) return fmt::format("ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with status {} and no answer", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/// The running children. The destructor kills those that remain, each by its own process id.
class Nursery {
 public:
  Nursery() = default;
  ~Nursery() {
    for (Child& child : m_children) ::kill(child.process, SIGKILL);
    for (Child& child : m_children) {
      ::close(child.answer);
      waitFor(child.process);
    }
  }
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  std::size_t size() const { return m_children.size(); }

  void start(std::size_t piece, int attempt, const ForkPool::Work& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process < 0) {
      ::close(ends[0]);
      ::close(ends[1]);
      throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (process == 0) {
      startChild();
      growHeapInLargePages();
      if (::getppid() != parent) ::_exit(1);  // the parent ended before prctl()
      ::close(ends[0]);
      try {
        writeAnswer(ends[1], work(piece));
      } catch (const std::exception& error) {
        std::cerr << "pimtlm: internal error: " << error.what() << std::endl;
        ::_exit(1);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    m_children.push_back({process, ends[0], piece, attempt, {}});
  }

  /// Waits until a child has written something; removes and returns the children that have finished.
  std::vector<std::pair<Child, int>> collect() {
    std::vector<pollfd> files;
    for (const Child& child : m_children) files.push_back({child.answer, POLLIN, 0});
    if (::poll(files.data(), files.size(), kLookForSignals) < 0) {
      if (errno == EINTR) return {};
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    std::vector<std::pair<Child, int>> through;
    for (std::size_t i = files.size(); i-- > 0;) {
      if (files[i].revents == 0 || readSome(m_children[i])) continue;
      ::close(m_children[i].answer);
      const int status = waitFor(m_children[i].process);
      through.emplace_back(std::move(m_children[i]), status);
      m_children.erase(m_children.begin() + static_cast<std::ptrdiff_t>(i));
    }
    std::reverse(through.begin(), through.end());
    return through;
  }

 private:
  /// Reads a part of the child's answer. Returns false at its end.
  static bool readSome(Child& child) {
    char block[1 << 16];
    const ssize_t got = ::read(child.answer, block, sizeof block);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    child.bytes.append(block, static_cast<std::size_t>(got));
    return true;
  }

  std::vector<Child> m_children;
};

bool takeWhole(std::string& bytes, std::string& text) {
  Length length = 0;
  if (bytes.size() < sizeof length) return false;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (bytes.size() != sizeof length + length) return false;
  text = bytes.substr(sizeof length);
  return true;
}

}  // namespace

void ForkPool::run(const Next& next, const Work& work, const Done& done) {
  std::cout.flush();  // otherwise each child would print the buffered text again
  std::fflush(nullptr);
  Nursery children;
  for (;;) {
    if (const int signal = InterruptionGuard::signal()) throw Interrupted{signal};
    while (children.size() < m_jobs) {
      const std::optional<std::size_t> piece = next();
      if (!piece) break;
      children.start(*piece, 1, work);
    }
    if (children.size() == 0) return;
    for (auto& [child, status] : children.collect()) {
      ChildAnswer answer;
      if (!takeWhole(child.bytes, answer.text)) {
        if (child.attempt < kAttempts) {
          children.start(child.piece, child.attempt + 1, work);
          continue;
        }
        answer.death = deathOf(status);
      }
      done(child.piece, std::move(answer));
    }
  }
}

unsigned coresAvailable() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&cores)));
}

}  // namespace pim::sim
