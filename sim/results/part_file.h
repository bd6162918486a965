#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace pim::sim {

/// A file that appears under its name only when it is whole: written beside it as NAME.part, then renamed;
/// removed if that never happens. A place that cannot be written to is a UserError that names `option` and
/// the path: at once where the file cannot be made, at commit() where writing failed on the way. When writing
/// fails the part is removed at once, so that a full disk has room again for what matters more.
class PartFile {
 public:
  PartFile(std::string option, std::string path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  /// Does nothing after a failure.
  void write(std::string_view bytes);
  bool failed() const { return m_error != 0; }
  const std::string& path() const { return m_path; }

  void commit();

 private:
  void fail(int error);
  [[noreturn]] void refuse(int error) const;

  std::string m_option;
  std::string m_path;
  std::string m_part;
  std::FILE* m_file = nullptr;
  int m_error = 0;
};

}  // namespace pim::sim
