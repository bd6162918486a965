#include "sw/host/pack/image_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <boost/crc.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "core/base/error.h"
#include "core/base/parallel_for.h"

namespace pim::host {
namespace {

constexpr std::array<char, 8> kMagic{'P', 'I', 'M', 'I', 'M', 'A', 'G', 'E'};
constexpr std::uint32_t kVersion = 1;

/// The header of an image, followed by the table. Files are little-endian, like the memory of the hosts.
struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t sections;
  std::uint64_t bytes;  ///< of the whole file
  std::uint32_t crc;    ///< of the table, and of the header with 0 in this field
  std::uint32_t reserved;
};
static_assert(sizeof(Header) == 32 && sizeof(ImageSection) == 32, "the file's layout has no gaps");

std::uint32_t crcOf(const void* data, std::size_t bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(data, bytes);
  return crc.checksum();
}

std::uint32_t tableCrc(Header header, const std::vector<ImageSection>& sections) {
  header.crc = 0;
  boost::crc_32_type crc;
  crc.process_bytes(&header, sizeof header);
  crc.process_bytes(sections.data(), sections.size() * sizeof(ImageSection));
  return crc.checksum();
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kImageAlignment - 1) / kImageAlignment * kImageAlignment;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw UserError(fmt::format("{}: {}", path, why));
}

[[noreturn]] void refusePlace(const std::string& path, int error) {
  refuse(path, fmt::format("expected a place that can be written to: {}", std::strerror(error)));
}

OutputPlace placeOf(const std::string& path) {
  try {
    return OutputPlace::of(path);
  } catch (const std::system_error& error) {
    refusePlace(path, error.code().value());
  }
}

/// Creates the file with its full size and maps it for writing. Reserves the disk space first, because a lack
/// of space during a write to the map would be a signal, not an error.
std::uint8_t* createMapped(const std::string& part, const std::string& path, std::uint64_t bytes) {
  const int file = open(part.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) refusePlace(path, errno);
  const int failure = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  void* map = MAP_FAILED;
  if (failure == 0) map = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (map != MAP_FAILED) return static_cast<std::uint8_t*>(map);
  refuse(path, fmt::format("expected room for {} bytes: {}", bytes, std::strerror(failure)));
}

}  // namespace

ImageWriter::ImageWriter(const std::string& path, std::vector<ImageSection> sections)
    : m_path(path), m_part(placeOf(path)), m_sections(std::move(sections)) {
  m_size = aligned(sizeof(Header) + m_sections.size() * sizeof(ImageSection));
  for (ImageSection& section : m_sections) {
    section.offset = m_size;
    m_size += aligned(section.bytes);
  }
  m_bytes = createMapped(m_part.path(), path, m_size);
}

ImageWriter::~ImageWriter() {
  munmap(m_bytes, m_size);
}

std::uint64_t ImageWriter::commit() {
  parallelFor(m_sections.size(),
              [this](std::uint64_t i) { m_sections[i].crc = crcOf(section(i), m_sections[i].bytes); });
  Header header{kMagic, kVersion, static_cast<std::uint32_t>(m_sections.size()), m_size, 0, 0};
  header.crc = tableCrc(header, m_sections);
  std::memcpy(m_bytes, &header, sizeof header);
  std::memcpy(m_bytes + sizeof header, m_sections.data(), m_sections.size() * sizeof(ImageSection));
  try {
    m_part.publish();
  } catch (const std::system_error& error) {
    refusePlace(m_path, error.code().value());
  }
  return m_size;
}

ImageFile::ImageFile(const std::string& path) : m_path(path), m_file(path) {
  const ByteSpan file = m_file.bytes();
  Header header;
  if (file.size < sizeof header) refuse(path, "the file is too short for a packed model");
  std::memcpy(&header, file.data, sizeof header);
  if (header.magic != kMagic) refuse(path, "magic: expected \"PIMIMAGE\"");
  if (header.version != kVersion) {
    refuse(path,
           fmt::format("version: expected {}, found {}; pack the model again", kVersion, header.version));
  }
  if (header.bytes != file.size)
    refuse(path, fmt::format("expected {} bytes, the file has {}", header.bytes, file.size));
  if (header.sections > (file.size - sizeof header) / sizeof(ImageSection))
    refuse(path, fmt::format("a table of {} sections goes beyond the file", header.sections));
  m_sections.resize(header.sections);
  std::memcpy(m_sections.data(), file.data + sizeof header, m_sections.size() * sizeof(ImageSection));
  if (header.crc != tableCrc(header, m_sections))
    refuse(path, "the table of sections is damaged: wrong checksum");
  for (const ImageSection& section : m_sections) {
    if (section.offset % kImageAlignment != 0 || section.offset > file.size ||
        section.bytes > file.size - section.offset)
      refuse(path, "a section goes beyond the file");
  }
  m_descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (m_descriptor < 0) refuse(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
}

ImageFile::~ImageFile() {
  if (m_descriptor >= 0) close(m_descriptor);
}

const ImageSection* ImageFile::find(std::uint32_t kind, std::uint32_t index) const {
  for (const ImageSection& section : m_sections) {
    if (section.kind == kind && section.index == index) return &section;
  }
  return nullptr;
}

ByteSpan ImageFile::bytes(const ImageSection& section) const {
  return {m_file.bytes().data + section.offset, section.bytes};
}

void ImageFile::verify(const ImageSection& section, std::string_view name) const {
  if (crcOf(bytes(section).data, section.bytes) != section.crc)
    refuse(m_path, fmt::format("{}: the bytes are damaged: wrong checksum", name));
}

void ImageFile::mapOver(const ImageSection& section, std::uint8_t* to) const {
  if (section.bytes == 0) return;
  const void* map = mmap(to, section.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, m_descriptor,
                         static_cast<off_t>(section.offset));
  if (map == MAP_FAILED)
    throw std::runtime_error(fmt::format("{}: cannot be mapped: {}", m_path, std::strerror(errno)));
}

bool isImage(const std::string& path) {
  if (!isRegularFile(path)) return false;
  std::array<char, kMagic.size()> begin{};
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const std::size_t read = std::fread(begin.data(), 1, begin.size(), file);
  std::fclose(file);
  return read == begin.size() && begin == kMagic;
}

}  // namespace pim::host
