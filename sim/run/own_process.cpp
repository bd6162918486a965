#include "sim/run/own_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <system_error>
#include <vector>

#include "core/base/program.h"

namespace pim::sim {
namespace {

bool writeAll(int file, const unsigned char* from, std::size_t bytes) {
  while (bytes != 0) {
    const ssize_t written = ::write(file, from, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    from += written;
    bytes -= static_cast<std::size_t>(written);
  }
  return true;
}

bool readAll(int file, unsigned char* to, std::size_t bytes) {
  while (bytes != 0) {
    const ssize_t got = ::read(file, to, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

/// A child at work.
class Child {
 public:
  Child(const std::function<void(void*)>& work, const void* initial, std::size_t bytes) : m_bytes(bytes) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    std::cout.flush();  // or the child would write it again
    std::fflush(stdout);
    m_process = ::fork();
    if (m_process < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (m_process == 0) {
      ::close(ends[0]);
      run(work, initial, ends[1]);
    }
    ::close(ends[1]);
    m_answer = ends[0];
  }

  /// Waits for its result; false, and nothing written, if it failed.
  bool finish(void* result) {
    std::vector<unsigned char> buffer(m_bytes);
    bool good = readAll(m_answer, buffer.data(), m_bytes);
    ::close(m_answer);
    int status = 0;
    while (::waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
    }
    good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (good) std::memcpy(result, buffer.data(), m_bytes);
    return good;
  }

 private:
  [[noreturn]] void run(const std::function<void(void*)>& work, const void* initial, int answer) const {
    startChild();
    bool done = false;
    std::vector<unsigned char> buffer(m_bytes);
    try {
      std::memcpy(buffer.data(), initial, m_bytes);
      work(buffer.data());
      done = writeAll(answer, buffer.data(), m_bytes);
    } catch (const std::exception& error) {
      std::cerr << "pimtlm: " << error.what() << std::endl;
    }
    ::_exit(done ? 0 : 1);
  }

  std::size_t m_bytes;
  pid_t m_process = -1;
  int m_answer = -1;
};

}  // namespace

bool runInOwnProcess(const std::function<void(void* result)>& work, void* result, std::size_t bytes) {
  return Child(work, result, bytes).finish(result);
}

}  // namespace pim::sim
