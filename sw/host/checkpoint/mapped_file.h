#pragma once

#include <boost/iostreams/device/mapped_file.hpp>
#include <cstdint>
#include <string>

namespace pim::host {

/// Read-only bytes [data, data + size) that another object owns.
struct ByteSpan {
  const uint8_t* data = nullptr;
  uint64_t size = 0;
};

/// A file mapped read-only into memory, so that a 7B checkpoint is read in place and never copied. The
/// constructor throws a UserError if the file is absent, empty or cannot be mapped.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);

  const std::string& path() const { return m_path; }
  ByteSpan bytes() const;

 private:
  std::string m_path;
  boost::iostreams::mapped_file_source m_map;
};

/// Releases the memory of a part of a mapped file; the next access reads it from disk again.
void releaseMapped(const uint8_t* data, uint64_t bytes);

/// Like the functions of std::filesystem, but a path that cannot be examined counts as absent.
bool isFolder(const std::string& path);
bool isRegularFile(const std::string& path);

}  // namespace pim::host
