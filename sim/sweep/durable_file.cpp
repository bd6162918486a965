#include "sim/sweep/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/unfinished_file.h"

namespace pim::sim {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20;

/// Accepts file systems that report that they cannot sync.
bool isSynced(int status) {
  return status == 0 || errno == EINVAL;
}

}  // namespace

DurableFile::DurableFile(std::string path) : m_path(std::move(path)), m_part(m_path + ".part") {
  m_file = ::open(m_part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (m_file < 0) refuse(errno);
}

DurableFile::~DurableFile() {
  if (m_file < 0) return;
  ::close(m_file);
  std::remove(m_part.c_str());
}

void DurableFile::write(std::string_view bytes) {
  m_crc.process_bytes(bytes.data(), bytes.size());
  m_buffer += bytes;
  if (m_buffer.size() >= kBuffer) flush();
}

void DurableFile::flush() {
  if (m_error == 0) m_error = writeAll(m_file, m_buffer.data(), m_buffer.size());
  m_buffer.clear();
}

void DurableFile::commit() {
  flush();
  if (m_error == 0 && !isSynced(::fsync(m_file))) m_error = errno;
  if (m_error == 0 && std::rename(m_part.c_str(), m_path.c_str()) != 0) m_error = errno;
  if (m_error != 0) refuse(m_error);
  ::close(m_file);
  m_file = -1;
  syncDirectory(std::filesystem::path(m_path).parent_path().string());
}

void DurableFile::refuse(int error) {
  if (m_file >= 0) {
    ::close(m_file);
    std::remove(m_part.c_str());
    m_file = -1;
  }
  throw UserError(
      fmt::format("--out {}: expected a place that can be written to: {}", m_path, std::strerror(error)));
}

void syncDirectory(const std::string& directory) {
  const int file = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && isSynced(::fsync(file));
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!synced)
    throw UserError(fmt::format("--out {}: expected a directory that can be written to: {}", directory,
                                std::strerror(error)));
}

}  // namespace pim::sim
