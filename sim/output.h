#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/command_line.h"

namespace pim::sim {

/// The files and streams a command writes to. Opened before anything is simulated, so that an unwritable
/// place is known at once, and put under their names only when whole, so that nothing is left half-written.
class Output {
 public:
  /// Reads --out, --json and --quiet. Throws UserError for a place that cannot be written to.
  explicit Output(const CommandLine& line);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Prints the table and writes the result: to --json, and with --out as result.json, summary.txt and
  /// config.yaml.
  void write(const nlohmann::ordered_json& result, const std::string& table, const std::string& configYaml);

  const std::optional<std::string>& directory() const { return m_directory; }

 private:
  struct File {
    std::string path;
    std::string part;  // written here, then renamed
  };
  File open(const std::string& path);
  static void commit(const File& file, const std::string& text);

  bool m_quiet = false;
  bool m_jsonToStdout = false;
  std::optional<std::string> m_directory;
  std::optional<File> m_json;
  std::vector<File> m_files;  // all, to be removed if never committed
};

}  // namespace pim::sim
