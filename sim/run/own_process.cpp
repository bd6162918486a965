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
#include "core/base/unfinished_file.h"

namespace pim::sim {
namespace {

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

}  // namespace

bool runInOwnProcess(const std::function<void(void* result)>& work, void* result, std::size_t bytes) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  std::cout.flush();  // otherwise the child would print the buffered text again
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  std::vector<unsigned char> buffer(bytes);
  if (child == 0) {
    startChild();
    ::close(ends[0]);
    bool done = false;
    try {
      std::memcpy(buffer.data(), result, bytes);
      work(buffer.data());
      done = writeAll(ends[1], buffer.data(), bytes) == 0;
    } catch (const std::exception& error) {
      std::cerr << "pimtlm: " << error.what() << std::endl;
    }
    ::_exit(done ? 0 : 1);
  }
  ::close(ends[1]);
  bool good = readAll(ends[0], buffer.data(), bytes);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (good) std::memcpy(result, buffer.data(), bytes);
  return good;
}

}  // namespace pim::sim
