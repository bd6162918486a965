#pragma once

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace pim {

/// A source file that a generator program writes. The program writes the file, or checks that it is current.
class GeneratedFile {
 public:
  /// `generator`: name of the program, for its messages.
  GeneratedFile(std::string generator, std::string path)
      : m_generator(std::move(generator)), m_path(std::move(path)) {}

  /// `action`: --write or --check. Prints why and returns false if the file cannot be written or is stale.
  bool perform(const std::string& action, const std::string& text) const {
    return action == "--write" ? write(text) : isCurrent(text);
  }

 private:
  bool isCurrent(const std::string& text) const {
    std::ifstream file(m_path, std::ios::binary);
    std::ostringstream found;
    found << file.rdbuf();
    if (file && found.str() == text) return true;
    std::cerr << m_path << ": not what " << m_generator << " writes; run it with --write\n";
    return false;
  }

  bool write(const std::string& text) const {
    std::ofstream file(m_path, std::ios::binary);
    file << text;
    file.flush();
    if (file) return true;
    std::cerr << m_path << ": cannot be written\n";
    return false;
  }

  std::string m_generator;
  std::string m_path;
};

}  // namespace pim
