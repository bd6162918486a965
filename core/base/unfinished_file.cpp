#include "core/base/unfinished_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace pim {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(int error, const std::string& path) {
  throw std::system_error(error, std::generic_category(), path);
}

/// The data for the signal handler: pointers to names, which are never freed.
constexpr std::size_t kMostFiles = 256;
std::array<std::atomic<const char*>, kMostFiles> g_unfinished{};
std::array<std::atomic<const char*>, kMostFiles> g_finished{};
std::atomic<std::size_t> g_finishedCount{0};
thread_local volatile bool t_pipeExpected = false;

const char* kept(const std::string& name) {
  static std::mutex mutex;
  static std::deque<std::string> names;
  const std::lock_guard<std::mutex> lock(mutex);
  return names.emplace_back(name).c_str();
}

int enterUnfinished(const std::string& name) {
  const char* text = kept(name);
  for (std::size_t slot = 0; slot < kMostFiles; ++slot) {
    const char* empty = nullptr;
    if (g_unfinished[slot].compare_exchange_strong(empty, text)) return static_cast<int>(slot);
  }
  return -1;  // only the destructor removes this file
}

void leaveUnfinished(int& slot) {
  if (slot >= 0) g_unfinished[static_cast<std::size_t>(slot)] = nullptr;
  slot = -1;
}

void enterFinished(const std::string& name) {
  const std::size_t index = g_finishedCount++;
  if (index < kMostFiles) g_finished[index] = kept(name);
}

/// Returns the number in /proc/self/fd/NUMBER; nothing for other paths.
int descriptorNamed(const fs::path& path) {
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error || folder != fs::canonical("/proc/self/fd", error) || error) return -1;
  const std::string name = path.filename();
  int number = -1;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  return failure == std::errc() && end == name.data() + name.size() ? number : -1;
}

}  // namespace

OutputPlace OutputPlace::of(const std::string& path) {
  OutputPlace place;
  fs::path at = path;
  constexpr int kMostLinks = 40;
  std::error_code error;
  for (int links = 0;; ++links) {
    if (links > kMostLinks) fail(ELOOP, path);
    place.descriptor = descriptorNamed(fs::absolute(at, error));
    if (place.descriptor >= 0 || !fs::is_symlink(fs::symlink_status(at, error))) break;
    const fs::path target = fs::read_symlink(at, error);
    if (error) fail(error.value(), path);
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  place.path = at.string();
  const fs::file_status status = fs::status(at, error);
  if (fs::is_directory(status)) fail(EISDIR, path);
  place.replaceable = place.descriptor < 0 && (!fs::exists(status) || fs::is_regular_file(status));
  return place;
}

UnfinishedFile::UnfinishedFile(OutputPlace place, const std::string& ending) : m_place(std::move(place)) {
  static std::atomic<unsigned> count{0};
  std::error_code error;
  const std::string begin =
      m_place.replaceable ? m_place.path : (fs::temp_directory_path(error) / "pimtlm").string();
  m_path = begin + "." + std::to_string(::getpid()) + "-" + std::to_string(count++) + ending;
  m_slot = enterUnfinished(m_path);
}

UnfinishedFile::~UnfinishedFile() {
  if (!m_path.empty()) ::unlink(m_path.c_str());
  leaveUnfinished(m_slot);
}

void UnfinishedFile::publish() {
  if (m_place.replaceable) {
    struct stat before {};
    if (::stat(m_place.path.c_str(), &before) == 0) ::chmod(m_path.c_str(), before.st_mode & 07777);
    if (std::rename(m_path.c_str(), m_place.path.c_str()) != 0) fail(errno, m_place.path);
    leaveUnfinished(m_slot);
    m_path.clear();
  } else {
    const int to = openExisting(m_place);
    const int from = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC);
    int error = from < 0 ? errno : 0;
    std::array<char, 1 << 16> block;
    for (ssize_t got = 1; error == 0 && got > 0;) {
      got = ::read(from, block.data(), block.size());
      error = got < 0 ? errno : writeAll(to, block.data(), static_cast<std::size_t>(got));
    }
    if (from >= 0) ::close(from);
    if (::close(to) != 0 && error == 0) error = errno;
    if (error != 0) fail(error, m_place.path);
  }
  enterFinished(m_place.path);
}

int openExisting(const OutputPlace& place) {
  const int file = place.descriptor >= 0 ? ::fcntl(place.descriptor, F_DUPFD_CLOEXEC, 3)
                                         : ::open(place.path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (file < 0) fail(errno, place.path);
  return file;
}

int writeAll(int descriptor, const void* bytes, std::size_t count) {
  t_pipeExpected = true;
  const char* from = static_cast<const char*>(bytes);
  int error = 0;
  while (count != 0 && error == 0) {
    const ssize_t written = ::write(descriptor, from, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      error = errno;
      break;
    }
    from += written;
    count -= static_cast<std::size_t>(written);
  }
  t_pipeExpected = false;
  return error == EPIPE ? 0 : error;
}

void removeUnfinishedFiles() {
  for (const auto& name : g_unfinished) {
    if (const char* path = name) ::unlink(path);
  }
}

void writeFinishedNames(int descriptor) {
  const auto print = [descriptor](const char* text) {
    if (::write(descriptor, text, std::strlen(text)) < 0) return;
  };
  const std::size_t count = std::min(g_finishedCount.load(), kMostFiles);
  print(count == 0 ? "no file was complete" : "kept ");
  for (std::size_t i = 0; i < count; ++i) {
    const char* name = g_finished[i];
    if (i != 0) print(", ");
    if (name != nullptr) print(name);
  }
}

bool isPipeExpected() {
  return t_pipeExpected;
}

}  // namespace pim
