#pragma once

#include <string>
#include <string_view>

namespace pim::sim {

/// A file that appears under its name only when it is whole and on the disk: written beside it as NAME.part,
/// synced, renamed, the directory synced; removed if that never happens. UserError of --out: the place cannot
/// be written to, at once or, when the disk fills up, at commit().
class DurableFile {
 public:
  explicit DurableFile(std::string path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  /// Does nothing after a failure.
  void write(std::string_view bytes);
  void commit();

 private:
  void flush();
  [[noreturn]] void refuse(int error);

  std::string m_path, m_part, m_buffer;
  int m_file = -1;
  int m_error = 0;
};

/// Puts the entries of a directory on the disk: files made or renamed in it. UserError: see DurableFile.
void syncDirectory(const std::string& directory);

}  // namespace pim::sim
