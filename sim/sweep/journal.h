#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::sim {

/// A file of lines that only grows, each numbered and with a checksum, so that after a crash it says exactly
/// what is complete: a last line that is torn counts as never written and is cut off. One process writes it
/// at a time.
class Journal {
 public:
  enum class Mode {
    kWrite,  ///< made if it is not there; a torn last line is cut off
    kRead,   ///< as far as it goes, perhaps while another process writes it
  };

  /// UserError: the file cannot be opened, another process writes it, too, or a line in the middle is
  /// damaged.
  explicit Journal(std::string path, Mode mode = Mode::kWrite);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Adds a line. UserError when the disk is full: the file then ends behind the last whole line.
  void append(std::uint64_t number, std::string_view text);

  /// What is written so far is on the disk when this returns.
  void sync();

  /// Numbers of the lines, as they were written.
  const std::vector<std::uint64_t>& numbers() const { return m_numbers; }
  /// The text of the line at a place in numbers().
  std::string text(std::size_t place) const;

  const std::string& path() const { return m_path; }

 private:
  void readAll(Mode mode);
  [[noreturn]] void refuse(int error) const;

  std::string m_path;
  int m_file = -1;
  std::vector<std::uint64_t> m_numbers;
  std::vector<std::uint64_t> m_begins;  ///< of each line; last: the end
};

}  // namespace pim::sim
