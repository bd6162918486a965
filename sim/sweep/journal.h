#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::sim {

/// A file of numbered lines with checksums, to which lines are only appended. After a crash it shows exactly
/// which lines are complete: an incomplete last line is cut off and counts as not written. Only one process
/// writes the file at a time.
class Journal {
 public:
  enum class Mode {
    kWrite,  ///< created if it does not exist; an incomplete last line is removed
    kRead,   ///< up to the last complete line, while another process may write it
  };

  /// UserError: the file cannot be opened, another process writes it too, or a line in the middle is damaged.
  explicit Journal(std::string path, Mode mode = Mode::kWrite);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Appends a line. UserError: the disk is full; the file then ends after the last complete line.
  void append(std::uint64_t number, std::string_view text);

  /// Returns when everything written so far is on the disk.
  void sync();

  /// Numbers of the lines, in the order of writing.
  const std::vector<std::uint64_t>& numbers() const { return m_numbers; }
  /// The text of the line at an index of numbers().
  std::string text(std::size_t place) const;

  const std::string& path() const { return m_path; }

 private:
  void readAll(Mode mode);
  [[noreturn]] void refuse(int error) const;

  std::string m_path;
  int m_file = -1;
  std::vector<std::uint64_t> m_numbers;
  std::vector<std::uint64_t> m_begins;  ///< of each line, and at last the end of the file
};

}  // namespace pim::sim
