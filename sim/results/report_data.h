#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/base/model_shape.h"
#include "sim/analysis/advice.h"
#include "sim/analysis/metrics.h"
#include "sim/run/host_usage.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// One finished run with its report data.
struct Report {
  const RunRequest* request = nullptr;  ///< outlives the report
  ModelShape shape;
  RunResult result;
  Stage prefill;
  Stage decode;
  HostUsage host;
  bool perToken = false;         ///< list the time of every token
  std::optional<Advice> advice;  ///< if changes were tried
};

/// Derives the report data of a run.
Report makeReport(const RunRequest& request, const ModelShape& shape, RunResult result,
                  const HostUsage& host);

/// The result for programs: keys of the command-line contract, SI units; keys that do not apply are absent.
nlohmann::ordered_json toJson(const Report& report);

/// The `host` of a result; no real_time_factor where nothing was simulated.
nlohmann::ordered_json hostJson(const HostUsage& host, double simulatedSeconds);
/// The part of `host` that only runs with data have: seconds until the weights were loaded, seconds from then
/// to the first token, and tokens per second of the host after it (0: there was only one).
nlohmann::ordered_json hostSpeedJson(const HostMeter& meter, const RunResult& result);
/// The `capacity` of a layout.
nlohmann::ordered_json capacityJson(const host::Capacity& capacity);

/// The `rtl` of a result: the work of each block in RTL. If it was compared, there were no differences;
/// otherwise there would be no result.
nlohmann::ordered_json rtlJson(const std::vector<RtlWork>& works);

/// The same as a short table for people.
std::string toTable(const Report& report);

}  // namespace pim::sim
