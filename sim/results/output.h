#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/part_file.h"
#include "sim/cli/command_line.h"

namespace pim::sim {

/// The findings of a command.
struct Findings {
  nlohmann::ordered_json result;       ///< for programs
  std::string table;                   ///< for people
  std::string configYaml;              ///< empty: there is no one configuration
  nlohmann::ordered_json series;       ///< what the report page plots beyond the result; may be empty
  std::vector<std::string> notices{};  ///< lines for stderr
};

/// The files and streams that a command writes. They are opened before the simulation, so that errors are
/// reported at once.
class Output {
 public:
  /// Reads --out, --json and --quiet. UserError: a place cannot be written to.
  explicit Output(const CommandLine& line);

  /// Prints the table and writes the result: to --json, and with --out as result.json, summary.txt,
  /// config.yaml and report.html. If a file cannot be written, the others still are; then throws the
  /// UserError.
  void write(const Findings& findings);

  const std::optional<std::string>& directory() const { return m_directory; }

 private:
  /// Writes a file in the directory.
  void add(const char* name, const std::string& text);
  template <typename Work>
  void attempt(Work work);

  std::string m_command;
  bool m_quiet = false;
  bool m_jsonToStdout = false;
  std::optional<std::string> m_directory;
  std::unique_ptr<PartFile> m_json;
  std::unique_ptr<PartFile> m_result;  // of the directory
  std::optional<std::string> m_error;  // the first
};

}  // namespace pim::sim
