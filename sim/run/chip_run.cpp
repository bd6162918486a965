#include "sim/run/chip_run.h"

#include <optional>

#include "core/base/error.h"
#include "core/base/time.h"
#include "platform/config/schema.h"
#include "sim/results/report_series.h"
#include "sim/results/saturation.h"

namespace pim::sim {

ChipRun::ChipRun(const CommandLine& line, RunRequest& request)
    : m_request(request),
      m_firmware(line, request.config),
      m_output(line),
      m_timeline(line, request.config, m_firmware.program()),
      m_waves(line, request.config, m_firmware.program()),
      m_schedule(request.layout.plan.layers / 2) {
  m_firmware.apply(request);
  if (m_timeline.timeline() != nullptr) request.observers.push_back(m_timeline.timeline());
  if (m_output.directory()) {
    request.observers.push_back(&m_operations);
    request.observers.push_back(&m_schedule);
  }
  for (ActivityObserver* observer : m_waves.observers()) request.observers.push_back(observer);
  request.mismatchDirectory =
      !m_waves.directory().empty() ? m_waves.directory() : m_output.directory().value_or("");
}

RunResult ChipRun::simulate() {
  try {
    RunResult result = pim::sim::simulate(m_request);
    m_end = result.end;
    return result;
  } catch (const FirmwareError&) {
    m_waves.finishBroken();
    m_timeline.finish();  // shows what happened before the error
    throw;
  } catch (...) {
    m_waves.finishBroken();
    throw;
  }
}

Findings ChipRun::findings(const Report& report) const {
  Findings findings;
  findings.result = toJson(report);
  findings.table = toTable(report);
  if (const std::string line = saturationNotice(report.result.clipped); !line.empty())
    findings.notices.push_back(line);
  findings.configYaml = platform::toYaml(m_request.config);
  if (m_output.directory()) findings.series = reportSeries(report, m_operations, m_schedule);
  return findings;
}

void ChipRun::write(const Findings& findings) {
  std::optional<UserError> failure;  // the first one: the message has one line
  const auto attempt = [&failure](const auto& step) {
    try {
      step();
    } catch (const UserError& error) {
      if (!failure) failure = error;
    }
  };
  attempt([&] { m_output.write(findings); });
  attempt([&] { m_timeline.finish(); });
  attempt([&] { m_waves.finish(m_end); });
  attempt([&] { m_firmware.finish(); });
  if (failure) throw UserError(*failure);
}

}  // namespace pim::sim
