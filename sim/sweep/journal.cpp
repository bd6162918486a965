#include "sim/sweep/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/base/error.h"
#include "core/base/unfinished_file.h"
#include "sim/sweep/checksum.h"

namespace pim::sim {
namespace {

// Format of a line: CRC-32 of the rest in eight hexadecimal digits, a space, the number, a space, the text.
constexpr std::size_t kCheckDigits = 8;

/// Locks a file. Waits for workers of a killed process, which hold its lock until they have ended, too.
bool lock(int file) {
  constexpr int kTries = 100;
  constexpr useconds_t kPause = 20'000;
  for (int i = 0; i < kTries; ++i) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    ::usleep(kPause);
  }
  return false;
}

/// Returns the number of a complete line without its end; nothing if the line is damaged.
std::optional<std::uint64_t> numberOf(std::string_view line) {
  if (line.size() < kCheckDigits + 3 || line[kCheckDigits] != ' ') return std::nullopt;
  std::uint32_t sum = 0;
  const char* const digitsEnd = line.data() + kCheckDigits;
  if (std::from_chars(line.data(), digitsEnd, sum, 16).ptr != digitsEnd) return std::nullopt;
  const std::string_view rest = line.substr(kCheckDigits + 1);
  if (checksum(rest) != sum) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || end == rest.data() + rest.size() || *end != ' ') return std::nullopt;
  return number;
}

}  // namespace

Journal::Journal(std::string path, Mode mode) : m_path(std::move(path)) {
  const int how = mode == Mode::kWrite ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY;
  m_file = ::open(m_path.c_str(), how | O_CLOEXEC, 0666);
  if (m_file < 0) refuse(errno);
  if (mode == Mode::kWrite && !lock(m_file)) {
    ::close(m_file);
    throw UserError(fmt::format("--out {}: expected a sweep that no other process is writing", m_path));
  }
  m_begins.push_back(0);
  try {
    readAll(mode);
  } catch (...) {
    ::close(m_file);
    throw;
  }
}

Journal::~Journal() {
  ::close(m_file);
}

void Journal::readAll(Mode mode) {
  std::string rest;
  std::string block(1 << 20, '\0');
  std::uint64_t at = 0;
  for (;;) {
    const ssize_t got = ::pread(m_file, block.data(), block.size(), static_cast<off_t>(at));
    if (got < 0) refuse(errno);
    if (got == 0) break;
    at += static_cast<std::uint64_t>(got);
    rest.append(block.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const auto number = numberOf(std::string_view(rest).substr(begin, end - begin));
      if (!number)
        throw UserError(fmt::format("{}: line {}: expected a line written by pimtlm, found a damaged one",
                                    m_path, m_numbers.size() + 1));
      m_numbers.push_back(*number);
      m_begins.push_back(m_begins.back() + (end + 1 - begin));
    }
    rest.erase(0, begin);
  }
  // Removes an incomplete line at the end, which an interrupted write left.
  if (mode == Mode::kWrite && !rest.empty() && ::ftruncate(m_file, static_cast<off_t>(m_begins.back())) != 0)
    refuse(errno);
}

void Journal::append(std::uint64_t number, std::string_view text) {
  const std::string rest = fmt::format("{} {}", number, text);
  const std::string line = fmt::format("{:08x} {}\n", checksum(rest), rest);
  if (const int error = writeAll(m_file, line.data(), line.size())) {
    if (::ftruncate(m_file, static_cast<off_t>(m_begins.back())) != 0) refuse(errno);
    refuse(error);
  }
  m_numbers.push_back(number);
  m_begins.push_back(m_begins.back() + line.size());
}

void Journal::sync() {
  if (::fdatasync(m_file) != 0) refuse(errno);
}

std::string Journal::text(std::size_t place) const {
  std::string line(m_begins[place + 1] - m_begins[place] - 1, '\0');
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t got =
        ::pread(m_file, line.data() + at, line.size() - at, static_cast<off_t>(m_begins[place] + at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) refuse(got < 0 ? errno : EIO);
    at += static_cast<std::size_t>(got);
  }
  return line.substr(line.find(' ', kCheckDigits + 1) + 1);
}

void Journal::refuse(int error) const {
  throw UserError(
      fmt::format("--out {}: expected a place that can be written to: {}", m_path, std::strerror(error)));
}

}  // namespace pim::sim
