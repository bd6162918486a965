#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/unfinished_file.h"

namespace pim {

/// Reserves a path for one output of this process, because two outputs with the same path would overwrite
/// each other.
class PlaceClaim {
 public:
  PlaceClaim() = default;
  ~PlaceClaim();
  PlaceClaim(const PlaceClaim&) = delete;
  PlaceClaim& operator=(const PlaceClaim&) = delete;

  /// Returns false if another claim has the path.
  bool take(const std::string& path);

 private:
  std::string m_path;
};

/// An output file that appears under its name only when it is complete. Until commit() the bytes
/// are in a file beside it, with a name unique to this process; without a commit() that file is
/// removed. Symbolic links are followed. A device or a pipe (/dev/fd/63) is written to directly.
///
/// Errors are a UserError that names `option` and the path: the constructor throws
/// it if the file cannot be created or another PartFile has the place, commit() if writing failed earlier. A
/// part that could not be written is removed at once, to free space on a full disk.
class PartFile {
 public:
  PartFile(std::string option, std::string path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  /// Has no effect after a failure.
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
  PlaceClaim m_claim;
  std::optional<UnfinishedFile> m_part;  // where the place is replaced when the file is whole
  int m_file = -1;
  std::string m_buffer;
  int m_error = 0;
};

/// Writes a text as a file. Throws a UserError as above.
void writeWhole(const std::string& option, const std::string& path, std::string_view text);

}  // namespace pim
