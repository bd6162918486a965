#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/unfinished_file.h"
#include "sw/host/checkpoint/mapped_file.h"

/// The container of a packed model: a header, a table of sections, and the sections, each on a boundary that
/// suits memory maps and with a CRC-32 of its own. What the sections mean is packed_model.h's.
namespace pim::host {

struct ImageSection {
  std::uint32_t kind = 0;   ///< the user's
  std::uint32_t index = 0;  ///< among sections of the same kind
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  ///< in the file; a multiple of kImageAlignment
  std::uint32_t crc = 0;     ///< CRC-32 of the bytes
  std::uint32_t reserved = 0;
};

/// Of section offsets: a multiple of every usual page size.
constexpr std::uint64_t kImageAlignment = 1u << 16;

/// Writes an image beside its name and puts it under it when whole.
class ImageWriter {
 public:
  /// Makes room for the sections, whose offset and crc are not yet known. UserError when the place cannot be
  /// written to or has no room.
  ImageWriter(const std::string& path, std::vector<ImageSection> sections);
  ~ImageWriter();
  ImageWriter(const ImageWriter&) = delete;
  ImageWriter& operator=(const ImageWriter&) = delete;

  /// Where to put the bytes of a section, which are zero at first.
  std::uint8_t* section(std::size_t i) { return m_bytes + m_sections[i].offset; }

  /// Computes the checksums and renames. Returns the bytes of the file.
  std::uint64_t commit();

 private:
  std::string m_path;
  UnfinishedFile m_part;
  std::vector<ImageSection> m_sections;
  std::uint64_t m_size = 0;
  std::uint8_t* m_bytes = nullptr;
};

/// An image opened for reading: the table is checked, sections are not until they are asked for.
class ImageFile {
 public:
  /// UserError when the file is not an image of this version, is cut short, or its table is damaged.
  explicit ImageFile(const std::string& path);
  ~ImageFile();
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  const std::string& path() const { return m_path; }
  std::uint64_t size() const { return m_file.bytes().size; }
  const std::vector<ImageSection>& sections() const { return m_sections; }

  /// Null when there is none.
  const ImageSection* find(std::uint32_t kind, std::uint32_t index = 0) const;
  /// Bytes of a section, which live as long as the object.
  ByteSpan bytes(const ImageSection& section) const;

  /// Throws a UserError unless the section's bytes have its checksum. `name` is for the message.
  void verify(const ImageSection& section, std::string_view name) const;

  /// Puts a section in place of the memory at `to`, which begins on a page of an anonymous private map: read
  /// when touched, and writes stay in memory.
  void mapOver(const ImageSection& section, std::uint8_t* to) const;

 private:
  std::string m_path;
  MappedFile m_file;
  int m_descriptor = -1;
  std::vector<ImageSection> m_sections;
};

/// Whether the file at `path` begins like an image.
bool isImage(const std::string& path);

}  // namespace pim::host
