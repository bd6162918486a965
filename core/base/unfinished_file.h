#pragma once

#include <string>

namespace pim {

/// Where bytes that are meant for a path go, found once, before anything is written.
struct OutputPlace {
  std::string path;         ///< with links followed
  bool replaceable = true;  ///< nothing or a regular file is there: a whole file may take its place
  int descriptor = -1;  ///< the path names an open descriptor (/dev/stdout, /dev/fd/63), which is written to

  /// Follows links. Throws std::system_error for a folder, or for links that go round in circles.
  static OutputPlace of(const std::string& path);
};

/// A file in the making: a name of this process' own beside the place where it will appear, or in the folder
/// for temporary files where the place is a device or a pipe. It is removed when the object goes, or when a
/// signal ends the program (core/base/program.h).
class UnfinishedFile {
 public:
  /// `ending` follows the unique part of the name. The file is not made here.
  explicit UnfinishedFile(OutputPlace place, const std::string& ending = ".part");
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::string& path() const { return m_path; }
  const OutputPlace& place() const { return m_place; }

  /// Puts the file under its name with the permissions of what was there, or copies it into the device or
  /// pipe. Throws std::system_error.
  void publish();

 private:
  OutputPlace m_place;
  std::string m_path;
  int m_slot;
};

/// A descriptor to write to a place that must not be replaced. Throws std::system_error.
int openExisting(const OutputPlace& place);

/// Writes everything; returns 0, or the error. A reader that has gone away from a pipe had enough: no error.
int writeAll(int descriptor, const void* bytes, std::size_t count);

/// For signal handlers: removes the files in the making; writes the names of the finished ones to
/// `descriptor`.
void removeUnfinishedFiles();
void writeFinishedNames(int descriptor);
/// Whether the thread that got SIGPIPE deals with it.
bool isPipeExpected();

}  // namespace pim
