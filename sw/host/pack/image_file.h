#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unfinished_file.h"
#include "sw/host/checkpoint/mapped_file.h"

/// The container of a packed model: a header, a table of sections, and the sections, each aligned for memory
/// maps and with its own CRC-32. packed_model.h defines the sections.
namespace pim::host {

struct ImageSection {
  std::uint32_t kind = 0;   ///< the user's
  std::uint32_t index = 0;  ///< among sections of the same kind
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  ///< in the file; a multiple of kImageAlignment
  std::uint32_t crc = 0;     ///< CRC-32 of the bytes
  std::uint32_t reserved = 0;
};

/// Alignment of section offsets: a multiple of every usual page size.
constexpr std::uint64_t kImageAlignment = 1u << 16;

/// Writes an image beside its final place, and renames it when it is complete.
class ImageWriter {
 public:
  /// Reserves space for the sections, whose offset and crc are not known yet. UserError: the place cannot be
  /// written to or has no space.
  ImageWriter(const std::string& path, std::vector<ImageSection> sections);
  ~ImageWriter();
  ImageWriter(const ImageWriter&) = delete;
  ImageWriter& operator=(const ImageWriter&) = delete;

  /// Address for the bytes of a section, which are initially zero.
  std::uint8_t* section(std::size_t i) { return m_bytes + m_sections[i].offset; }

  /// Computes the checksums and renames the file. Returns its size in bytes.
  std::uint64_t commit();

 private:
  std::string m_path;
  UnfinishedFile m_part;
  std::vector<ImageSection> m_sections;
  std::uint64_t m_size = 0;
  std::uint8_t* m_bytes = nullptr;
};

/// An image opened for reading. The table is checked when it is opened; sections are checked on request.
class ImageFile {
 public:
  /// UserError: the file is not an image of this version, is truncated, or its table is damaged.
  explicit ImageFile(const std::string& path);
  ~ImageFile();
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  const std::string& path() const { return m_path; }
  std::uint64_t size() const { return m_file.bytes().size; }
  const std::vector<ImageSection>& sections() const { return m_sections; }

  /// Null if there is none.
  const ImageSection* find(std::uint32_t kind, std::uint32_t index = 0) const;
  /// Bytes of a section, valid as long as the object lives.
  ByteSpan bytes(const ImageSection& section) const;

  /// UserError unless the section's bytes match its checksum. `name` is for the message.
  void verify(const ImageSection& section, std::string_view name) const;

  /// Maps a section over the memory at `to`, which begins on a page of an anonymous private map. Pages are
  /// read when they are touched; writes stay in memory.
  void mapOver(const ImageSection& section, std::uint8_t* to) const;

 private:
  std::string m_path;
  MappedFile m_file;
  int m_descriptor = -1;
  std::vector<ImageSection> m_sections;
};

/// Returns whether the file at `path` begins like an image.
bool isImage(const std::string& path);

}  // namespace pim::host
