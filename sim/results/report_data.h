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

/// One finished run with all that is reported of it.
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

/// Cuts a run into what is reported of it.
Report makeReport(const RunRequest& request, const ModelShape& shape, RunResult result,
                  const HostUsage& host);

/// The machine-readable result: keys of the command-line contract, SI units, absent where they do not apply.
nlohmann::ordered_json toJson(const Report& report);

/// The `dram` of a result.
nlohmann::ordered_json dramJson(const Counters& counters);
/// The `host` of a result; no real_time_factor where nothing was simulated.
nlohmann::ordered_json hostJson(const HostUsage& host, double simulatedSeconds);
/// What a run with data adds to the `host`: seconds until the weights were loaded and from there to the first
/// token, tokens a second of the host after it (0: there was one only).
nlohmann::ordered_json hostSpeedJson(const HostMeter& meter, const RunResult& result);
/// The `capacity` of a layout.
nlohmann::ordered_json capacityJson(const host::Capacity& capacity);

/// The `rtl` of a result: what each block that is RTL has done. Where it was compared, nothing differed, or
/// there were no result.
nlohmann::ordered_json rtlJson(const std::vector<RtlWork>& works);

/// The same for people: a short table.
std::string toTable(const Report& report);

}  // namespace pim::sim
