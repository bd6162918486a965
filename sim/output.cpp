#include "sim/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tlm/core/error.h"

namespace pim::sim {
namespace {

[[noreturn]] void refuse(const char* option, const std::string& path) {
  throw UserError(
      fmt::format("{} {}: expected a place that can be written to: {}", option, path, std::strerror(errno)));
}

}  // namespace

Output::Output(const CommandLine& line) : m_quiet(line.has("quiet")) {
  if (line.has("out")) {
    m_directory = line.get<std::string>("out");
    std::error_code error;
    std::filesystem::create_directories(*m_directory, error);
    if (error)
      throw UserError(
          fmt::format("--out {}: expected a directory that can be made: {}", *m_directory, error.message()));
    open(*m_directory + "/result.json");
  }
  if (line.has("json")) {
    const std::string& path = line.get<std::string>("json");
    if (path == "-") {
      m_jsonToStdout = true;
    } else {
      m_json = open(path);
    }
  }
}

Output::~Output() {
  std::error_code ignored;
  for (const File& file : m_files) std::filesystem::remove(file.part, ignored);
}

Output::File Output::open(const std::string& path) {
  File file{path, path + ".part"};
  if (std::filesystem::is_directory(path) || !std::ofstream(file.part)) {
    if (errno == 0) errno = EISDIR;
    refuse(m_directory && path.rfind(*m_directory, 0) == 0 ? "--out" : "--json", path);
  }
  m_files.push_back(file);
  return file;
}

void Output::commit(const File& file, const std::string& text) {
  std::ofstream stream(file.part);
  stream << text;
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(file.part, file.path, error);
  if (!stream || error) refuse("writing", file.path);
}

void Output::write(const nlohmann::ordered_json& result, const std::string& table,
                   const std::string& configYaml) {
  const std::string json = result.dump(2) + '\n';
  if (!m_quiet && !m_jsonToStdout) std::cout << table << std::flush;
  if (m_jsonToStdout) std::cout << json << std::flush;
  if (m_json) commit(*m_json, json);
  if (m_directory) {
    commit(open(*m_directory + "/result.json"), json);
    commit(open(*m_directory + "/summary.txt"), table);
    commit(open(*m_directory + "/config.yaml"), configYaml);
  }
}

}  // namespace pim::sim
