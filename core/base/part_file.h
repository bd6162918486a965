#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/unfinished_file.h"

namespace pim {

/// Every output of the program that it writes itself. A file appears under its name only when it is whole:
/// written beside it under a name of this process' own, then renamed; removed if that never happens. A link
/// is followed. What exists and is no regular file (a device, a pipe, /dev/fd/63) is written to as it is.
///
/// A place that cannot be written to is a UserError that names `option` and the path: at once where the file
/// cannot be made, at commit() where writing failed on the way. When writing fails the part is removed at
/// once, so that a full disk has room again for what matters more.
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
  void flush();
  void fail(int error);
  [[noreturn]] void refuse(int error) const;

  std::string m_option;
  std::string m_path;
  std::optional<UnfinishedFile> m_part;  // where the place is replaced when the file is whole
  int m_file = -1;
  std::string m_buffer;
  int m_error = 0;
};

/// A whole text at once. UserError as above.
void writeWhole(const std::string& option, const std::string& path, std::string_view text);

}  // namespace pim
