#include "sw/host/checkpoint/mapped_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <exception>
#include <filesystem>

#include "core/base/error.h"

namespace pim::host {

MappedFile::MappedFile(const std::string& path) : m_path(path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::exists(status)) throw UserError(fmt::format("{}: no such file", path));
  if (!std::filesystem::is_regular_file(status)) {
    throw UserError(fmt::format("{}: not a regular file", path));
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error || size == 0) throw UserError(fmt::format("{}: the file is empty or unreadable", path));
  try {
    m_map.open(path);
  } catch (const std::exception& failure) {
    throw UserError(fmt::format("{}: cannot be mapped: {}", path, failure.what()));
  }
}

void releaseMapped(const uint8_t* data, uint64_t bytes) {
  // Releases whole pages only, because the pages at both ends also hold other data.
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t first = (begin + page - 1) / page * page;
  const std::uintptr_t end = (begin + bytes) / page * page;
  if (first < end) madvise(const_cast<uint8_t*>(data) + (first - begin), end - first, MADV_DONTNEED);
}

bool isFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

bool isRegularFile(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

ByteSpan MappedFile::bytes() const {
  return {reinterpret_cast<const uint8_t*>(m_map.data()), m_map.size()};
}

}  // namespace pim::host
