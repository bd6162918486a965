#include "core/base/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>

#include "core/base/error.h"

namespace pim {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

std::mutex g_mutex;
std::set<std::string> g_claimed;  // paths of files that are being written

}  // namespace

bool PlaceClaim::take(const std::string& path) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  if (!g_claimed.insert(path).second) return false;
  m_path = path;
  return true;
}

PlaceClaim::~PlaceClaim() {
  if (m_path.empty()) return;
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_claimed.erase(m_path);
}

PartFile::PartFile(std::string option, std::string path)
    : m_option(std::move(option)), m_path(std::move(path)) {
  try {
    const OutputPlace place = OutputPlace::of(m_path);
    if (!place.replaceable) {
      m_file = openExisting(place);
      return;
    }
    if (!m_claim.take(std::filesystem::weakly_canonical(place.path)))
      throw UserError(m_option + (m_option.empty() ? "" : " ") + m_path +
                      ": expected a file of its own, another output uses this one");
    m_part.emplace(place);
  } catch (const std::system_error& error) {
    refuse(error.code().value());
  }
  m_file = ::open(m_part->path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (m_file < 0) refuse(errno);
}

PartFile::~PartFile() {
  if (m_file >= 0) ::close(m_file);
}

void PartFile::write(std::string_view bytes) {
  if (failed()) return;
  m_buffer += bytes;
  if (m_buffer.size() >= kBufferBytes) flush();
}

void PartFile::flush() {
  if (const int error = writeAll(m_file, m_buffer.data(), m_buffer.size())) fail(error);
  m_buffer.clear();
}

void PartFile::commit() {
  if (!failed()) flush();
  if (failed()) refuse(m_error);
  const int closed = ::close(m_file) == 0 ? 0 : errno;
  m_file = -1;
  if (closed != 0) fail(closed);
  try {
    if (!failed() && m_part) m_part->publish();
  } catch (const std::system_error& error) {
    fail(error.code().value());
  }
  if (failed()) refuse(m_error);
}

void PartFile::fail(int error) {
  m_error = error != 0 ? error : EIO;
  if (m_file >= 0) ::close(m_file);
  m_file = -1;
  m_part.reset();
}

void PartFile::refuse(int error) const {
  throw UserError(m_option + (m_option.empty() ? "" : " ") + m_path +
                  ": expected a place that can be written to: " + std::strerror(error));
}

void writeWhole(const std::string& option, const std::string& path, std::string_view text) {
  PartFile file(option, path);
  file.write(text);
  file.commit();
}

}  // namespace pim
