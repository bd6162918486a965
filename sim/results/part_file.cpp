#include "sim/results/part_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/base/error.h"

namespace pim::sim {

PartFile::PartFile(std::string option, std::string path)
    : m_option(std::move(option)), m_path(std::move(path)), m_part(m_path + ".part") {
  if (std::filesystem::is_directory(m_path)) refuse(EISDIR);
  m_file = std::fopen(m_part.c_str(), "wb");
  if (m_file == nullptr) refuse(errno);
}

PartFile::~PartFile() {
  if (m_file != nullptr) fail(ECANCELED);
}

void PartFile::write(std::string_view bytes) {
  if (failed()) return;
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), m_file) != bytes.size()) fail(errno);
}

void PartFile::commit() {
  if (failed()) refuse(m_error);
  errno = 0;
  const bool closed = std::fclose(m_file) == 0;  // the last bytes are written here
  const int error = errno;
  m_file = nullptr;
  if (!closed || std::rename(m_part.c_str(), m_path.c_str()) != 0) {
    fail(closed ? errno : error);
    refuse(m_error);
  }
}

void PartFile::fail(int error) {
  m_error = error != 0 ? error : EIO;
  if (m_file != nullptr) std::fclose(m_file);
  m_file = nullptr;
  std::remove(m_part.c_str());
}

void PartFile::refuse(int error) const {
  throw UserError(fmt::format("{} {}: expected a place that can be written to: {}", m_option, m_path,
                              std::strerror(error)));
}

}  // namespace pim::sim
