#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace pim::sim {

/// Logits as float32, one row of the vocabulary a token: what other engines' dumps look like. Written beside
/// its name and renamed when whole.
class LogitsFile {
 public:
  /// Throws UserError when the place cannot be written to.
  explicit LogitsFile(const std::string& path);
  ~LogitsFile();
  LogitsFile(const LogitsFile&) = delete;
  LogitsFile& operator=(const LogitsFile&) = delete;

  void append(const std::vector<std::int32_t>& logits);

  /// Puts the file under its name and returns the SHA-256 of its bytes in hexadecimal.
  std::string commit();

 private:
  std::string m_path;
  std::string m_part;
  std::ofstream m_stream;
};

}  // namespace pim::sim
