#include "sim/chip_run.h"

#include "platform/config/schema.h"
#include "sim/report_series.h"
#include "tlm/core/error.h"

namespace pim::sim {

ChipRun::ChipRun(const CommandLine& line, RunRequest& request)
    : m_request(request), m_output(line), m_timeline(line, request.config) {
  if (m_timeline.timeline() != nullptr) request.observers.push_back(m_timeline.timeline());
  if (m_output.directory()) request.observers.push_back(&m_operations);
}

Findings ChipRun::findings(const Report& report) const {
  Findings findings;
  findings.result = toJson(report);
  findings.table = toTable(report);
  findings.configYaml = platform::toYaml(m_request.config);
  if (m_output.directory()) findings.series = reportSeries(report, m_operations);
  return findings;
}

void ChipRun::write(const Findings& findings) {
  try {
    m_output.write(findings);
  } catch (const UserError&) {
    m_timeline.finish();  // if that fails as well, there is one line of two to choose from
    throw;
  }
  m_timeline.finish();
}

}  // namespace pim::sim
