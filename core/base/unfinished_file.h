#pragma once

#include <string>

namespace pim {

/// The place to which an output path leads, determined once, before anything is written.
struct OutputPlace {
  std::string path;         ///< with links followed
  bool replaceable = true;  ///< the place is empty or a regular file: a complete file may replace it
  int descriptor = -1;  ///< the path names an open descriptor (/dev/stdout, /dev/fd/63), which is written to

  /// Follows links. Throws std::system_error for a folder, or for links that go round in circles.
  static OutputPlace of(const std::string& path);
};

/// A file that is not complete yet. Its name is unique to this process; it lies beside its
/// final place, or in the folder for temporary files if that place is a device or a pipe. The
/// destructor removes it, and so does a signal that ends the program (core/base/program.h).
class UnfinishedFile {
 public:
  /// `ending` follows the unique part of the name. The constructor does not create the file.
  explicit UnfinishedFile(OutputPlace place, const std::string& ending = ".part");
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::string& path() const { return m_path; }
  const OutputPlace& place() const { return m_place; }

  /// Renames the file to its final name, with the permissions of the file it
  /// replaces, or copies it into the device or pipe. Throws std::system_error.
  void publish();

 private:
  OutputPlace m_place;
  std::string m_path;
  int m_slot;
};

/// Opens a place that must not be replaced, for writing. Throws std::system_error.
int openExisting(const OutputPlace& place);

/// Writes all bytes. Returns 0, or the error number; a pipe whose reader has gone is no error.
int writeAll(int descriptor, const void* bytes, std::size_t count);

/// For signal handlers: removes the unfinished files and writes the names of the finished ones to
/// `descriptor`.
void removeUnfinishedFiles();
void writeFinishedNames(int descriptor);
/// Whether the thread that received SIGPIPE handles it itself.
bool isPipeExpected();

}  // namespace pim
