#include "sim/sweep/point.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <systemc>

#include "core/base/error.h"
#include "sim/results/machine_result.h"
#include "sim/results/report_data.h"
#include "sim/run/decode_step.h"
#include "sim/run/machine_run.h"
#include "sim/run/mapping.h"
#include "sim/run/synthetic_prompt.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

/// Returns whether a path is left out of results: inputs, and values that depend on the host.
bool isLeftOut(const std::string& path) {
  return path == "config" || path == "host" || path == "tokens" || path == "model" ||
         path == "energy.sources" || path == "assumptions";
}

void flatten(const Json& tree, const std::string& path, Json& flat) {
  if (isLeftOut(path)) return;
  if (tree.is_object()) {
    const std::string prefix = path.empty() ? "" : path + '.';
    for (const auto& [key, value] : tree.items()) flatten(value, prefix + key, flat);
  } else if (!tree.is_array() && !tree.is_null()) {
    flat[path] = tree;
  }
}

/// Converts a message of any origin to one line.
std::string oneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

/// Simulates a point of an FPGA or a phone. With a context the job is one decode step; its prompt of one
/// token is not reported.
Json otherMachinesPoint(const Point& point) {
  const PointJob& job = point.job;
  if (job.context == 0) {
    const MachineRun run = simulateRun(point.shape, point.config, job.prompt, job.generate);
    return machineJson(point.shape, point.config, run, false);
  }
  if (job.prompt != 1 || job.generate != 2)
    throw UserError(
        "context: expected 0 unless machine: pim, as the prefill of other machines begins with an empty "
        "cache; "
        "decode=N is a step that attends to N tokens");
  MachineRun run;
  run.promptTokens = run.decodeTokens = 1;
  run.decode = simulateSteps(point.shape, point.config, {{false, job.context + kShortestContext}}).front();
  run.prefill.seconds = 1;
  Json json = machineJson(point.shape, point.config, run, false);
  json.erase("prefill");
  json["simulated_seconds"] = run.decode.seconds;
  return json;
}

/// Simulates a point of the chip and returns the complete result without `host`.
Json simulatePoint(const Point& point) {
  if (point.config.machine != platform::MachineKind::kPim) return otherMachinesPoint(point);
  const RunRequest request = runRequest(point);
  const ModelShape shape = point.shape.paddedTo(point.config.weights.group);
  Json json = toJson(makeReport(request, shape, simulate(request), HostUsage{}));
  json.erase("host");
  if (point.job.preparesOnly()) {
    json.erase("prefill");
    json["area"].erase("prefill_tokens_per_second_per_mm2");
  }
  return json;
}

Json flatValues(const Json& result) {
  Json flat = Json::object();
  flatten(result, "", flat);
  return flat;
}

}  // namespace

PointJob PointJob::decodeStep(std::uint32_t tokens) {
  return {tokens - kShortestContext, 1, 2};
}

PointJob PointJob::prefill(std::uint32_t tokens) {
  return {0, tokens, 1};
}

double PointResult::number(const std::string& path) const {
  const auto found = values.find(path);
  if (found == values.end() || !found->is_number()) return std::numeric_limits<double>::quiet_NaN();
  return found->get<double>();
}

const char* statusName(PointResult::Status status) {
  switch (status) {
    case PointResult::Status::kOk:
      return "ok";
    case PointResult::Status::kRefused:
      return "refused";
    default:
      return "failed";
  }
}

PointResult withoutValues(PointResult::Status status, const std::string& error) {
  PointResult result;
  result.status = status;
  result.error = oneLine(error);
  return result;
}

RunRequest runRequest(const Point& point) {
  RunRequest request;
  request.config = point.config;
  const PointJob& job = point.job;
  // The last generated token is not fed back.
  const ModelShape shape = point.shape.paddedTo(point.config.weights.group);
  request.layout = host::planModel(shape, chipShape(point.config), mappingOptions(point.config),
                                   job.context + job.prompt + job.generate - 1);
  request.job.prompt = syntheticPrompt(job.prompt, shape.vocab);
  request.job.generate = job.generate;
  request.job.position = job.context;
  request.job.ignoreEos = true;
  if (std::isfinite(point.prefillLimitSeconds))
    request.firstPhaseLimit = std::max<Picoseconds>(1, std::llround(point.prefillLimitSeconds * 1e12));
  return request;
}

PointResult evaluatePoint(const Point& point, Json* whole) {
  try {
    Json json = simulatePoint(point);
    PointResult result;
    result.status = PointResult::Status::kOk;
    result.values = flatValues(json);
    if (whole != nullptr) *whole = std::move(json);
    return result;
  } catch (const UserError& error) {
    return withoutValues(PointResult::Status::kRefused, error.what());
  } catch (const sc_core::sc_report& report) {
    return withoutValues(PointResult::Status::kFailed, std::string("internal error: ") + report.get_msg());
  } catch (const std::exception& error) {
    return withoutValues(PointResult::Status::kFailed, std::string("internal error: ") + error.what());
  }
}

std::string toLine(const PointResult& result) {
  return Json{{"status", statusName(result.status)}, {"error", result.error}, {"values", result.values}}
      .dump();
}

PointResult fromLine(const std::string& line) {
  Json json = Json::parse(line);
  PointResult result;
  const auto status = json.at("status").get<std::string>();
  for (const auto known : {PointResult::Status::kOk, PointResult::Status::kRefused})
    if (status == statusName(known)) result.status = known;
  result.error = json.at("error").get<std::string>();
  result.values = std::move(json.at("values"));
  return result;
}

}  // namespace pim::sim
