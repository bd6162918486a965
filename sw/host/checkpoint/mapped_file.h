#pragma once

#include <boost/iostreams/device/mapped_file.hpp>
#include <cstdint>
#include <string>

namespace pim::host {

/// Read-only bytes [data, data + size) that somebody else keeps alive.
struct ByteSpan {
  const uint8_t* data = nullptr;
  uint64_t size = 0;
};

/// A file mapped read-only into memory: a 7B checkpoint is looked at, never copied.
/// The constructor throws UserError when the file is absent, empty or not mappable.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);

  const std::string& path() const { return m_path; }
  ByteSpan bytes() const;

 private:
  std::string m_path;
  boost::iostreams::mapped_file_source m_map;
};

/// Gives the memory of a piece of a mapped file back; the next access fetches it again.
void releaseMapped(const uint8_t* data, uint64_t bytes);

/// Like std::filesystem, but what cannot be looked at is not there.
bool isFolder(const std::string& path);
bool isRegularFile(const std::string& path);

}  // namespace pim::host
