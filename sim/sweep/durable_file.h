#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace pim::sim {

/// A file that appears under its name only when it is complete and on the disk. It is written beside its
/// place as NAME.part, synced and renamed; then the directory is synced. Without a commit it is removed.
/// UserError of --out: the place cannot be written to; the constructor throws it, or commit() if the disk
/// becomes full.
class DurableFile {
 public:
  explicit DurableFile(std::string path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  /// Does nothing after a failure.
  void write(std::string_view bytes);
  /// Returns the CRC-32 of everything that was written.
  std::uint32_t checksum() const { return m_crc.checksum(); }
  void commit();

 private:
  void flush();
  [[noreturn]] void refuse(int error);

  std::string m_path, m_part, m_buffer;
  boost::crc_32_type m_crc;
  int m_file = -1;
  int m_error = 0;
};

/// Syncs the entries of a directory to the disk, after files were created or renamed in it. UserError: see
/// DurableFile.
void syncDirectory(const std::string& directory);

}  // namespace pim::sim
