#include "sim/results/output.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "core/base/error.h"
#include "sim/cli/notices.h"
#include "sim/report/report_page.h"

namespace pim::sim {

Output::Output(const CommandLine& line) : m_command(line.text()), m_quiet(line.has("quiet")) {
  if (line.has("out")) {
    m_directory = line.get<std::string>("out");
    std::error_code error;
    std::filesystem::create_directories(*m_directory, error);
    if (error)
      throw UserError(
          fmt::format("--out {}: expected a directory that can be made: {}", *m_directory, error.message()));
    m_result = std::make_unique<PartFile>("--out", *m_directory + "/result.json");
  }
  if (line.has("json")) {
    m_jsonToStdout = line.jsonToStdout();
    if (!m_jsonToStdout) m_json = std::make_unique<PartFile>("--json", line.get<std::string>("json"));
  }
}

template <typename Work>
void Output::attempt(Work work) {
  try {
    work();
  } catch (const UserError& error) {
    if (!m_error) m_error = error.what();
  }
}

void Output::add(const char* name, const std::string& text) {
  attempt([&] {
    PartFile file("--out", *m_directory + '/' + name);
    file.write(text);
    file.commit();
  });
}

void Output::write(const Findings& findings) {
  const std::string json = findings.result.dump(2) + '\n';
  if (!m_quiet && !m_jsonToStdout) std::cout << findings.table << std::flush;
  if (m_jsonToStdout) std::cout << json << std::flush;
  tell(findings.notices);
  for (const auto& file : {m_json.get(), m_result.get()}) {
    if (file == nullptr) continue;
    attempt([&] {
      file->write(json);
      file->commit();
    });
  }
  if (m_directory) {
    add("summary.txt", findings.table);
    if (!findings.configYaml.empty()) add("config.yaml", findings.configYaml);
    add("report.html", reportPage({m_command, findings.result, findings.series}));
  }
  if (m_error) throw UserError(*m_error);
}

}  // namespace pim::sim
