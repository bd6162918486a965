#include <algorithm>
#include <string>

#include "core/operations/command_names.h"
#include "platform/config/schema.h"
#include "sim/analysis/assumptions.h"
#include "sim/analysis/stage_energy.h"
#include "sim/results/area_json.h"
#include "sim/results/counters_json.h"
#include "sim/results/report_data.h"
#include "sim/results/saturation.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

double seconds(Picoseconds time) {
  return static_cast<double>(time) * kSecondsPerPicosecond;
}

Json modelJson(const Report& report) {
  const platform::Config& config = report.request->config;
  const ModelShape& shape = report.shape;
  return {{"name", shape.name},
          {"layers", shape.layers},
          {"hidden", shape.hidden},
          {"heads", shape.heads},
          {"kv_heads", shape.kvHeads},
          {"head_dim", shape.headDim},
          {"mlp", shape.mlp},
          {"vocab", shape.vocab},
          {"weight_bits", config.weights.bits},
          {"group", config.weights.group},
          {"kv_bits", config.kv.bits}};
}

Json stageJson(const Stage& stage, bool perToken) {
  Json json{{"tokens", stage.tokens},
            {"seconds", stage.seconds},
            {"tokens_per_second", stage.tokensPerSecond()},
            {"seconds_per_token", stage.secondsPerToken()}};
  if (perToken && !stage.perToken.empty()) json["per_token"] = stage.perToken;
  return json;
}

/// Returns per token the busy time of each component and its time on the critical path, and the latter once
/// more separately, because its parts add up to the time of the token.
Json componentsJson(const Stage& stage) {
  Json json = countersJson("components", stage.counters, stage.tokens);
  Json path;
  for (std::size_t i = 0; i < kComponents; ++i) {
    const char* name = componentName(static_cast<Component>(i));
    const auto tokens = static_cast<double>(std::max<std::size_t>(stage.tokens, 1));
    path[name] = seconds(1) * (static_cast<double>(stage.critical[i]) / tokens);
    json[name]["critical_path"] = path[name];
  }
  json["critical_path"] = path;
  return json;
}

Json stageAdviceJson(const StageAdvice& advice) {
  Json json = Json::array();
  for (const TriedChange& tried : advice) {
    json.push_back({{"change", tried.change.text()},
                    {"key", tried.change.key},
                    {"value", tried.change.value},
                    {"kind", kindOf(tried).name},
                    {"tokens_per_second", tried.tokensPerSecond},
                    {"gain", tried.gain}});
  }
  return json;
}

/// Returns the single changes that were run: per stage and kind, those that gain at least 1 %, the best
/// first.
Json adviceJson(const Advice& advice) {
  Json json{{"tried", advice.tried}, {"prefill", stageAdviceJson(advice.prefill)}};
  if (advice.decode) json["decode"] = stageAdviceJson(*advice.decode);
  return json;
}

/// Returns the ports of the Controller's memories, and the share of the time in which each transferred data.
Json memoryJson(const Stage& stage) {
  Json json = countersJson("memory", stage.counters, stage.tokens);
  for (auto& [name, memory] : json.items())
    memory["utilisation"] = memory["busy"].get<double>() / stage.secondsPerToken();
  return json;
}

Json utilisationJson(const Stage& stage, const platform::Config& config) {
  const Utilisation u = utilisation(stage, config);
  return {{"bank", u.bank}, {"link", u.link}, {"controller", u.controller}, {"mac", u.mac}};
}

}  // namespace

Json hostJson(const HostUsage& host, double simulatedSeconds) {
  Json json{{"wall_seconds", host.wallSeconds},
            {"cpu_seconds", host.cpuSeconds},
            {"peak_rss_bytes", host.peakRssBytes}};
  if (simulatedSeconds > 0) json["real_time_factor"] = host.wallSeconds / simulatedSeconds;
  return json;
}

Json hostSpeedJson(const HostMeter& meter, const RunResult& result) {
  const double decode = result.host.lastToken - result.host.firstToken;
  const double steps = static_cast<double>(result.tokens.size()) - 1;
  return {{"load_seconds", result.host.loaded - meter.begin()},
          {"first_token_seconds", result.host.firstToken - result.host.loaded},
          {"decode_tokens_per_second", steps > 0 ? steps / decode : 0.0}};
}

Json rtlJson(const std::vector<RtlWork>& works) {
  Json json = Json::array();
  for (const RtlWork& work : works) {
    Json commands = Json::object();
    for (const auto& [opcode, count] : work.commands) commands[opcodeName(opcode)] = count;
    json.push_back({{"block", work.block},
                    {"compared", work.compared},
                    {"commands", commands},
                    {"accesses", work.accesses},
                    {"cycles", work.cycles}});
  }
  return json;
}

Json capacityJson(const host::Capacity& capacity) {
  return {{"total", capacity.banks.total},
          {"weight_codes", capacity.banks.weightCodes},
          {"weight_scales", capacity.banks.weightScales},
          {"weight_zeros", capacity.banks.weightZeros},
          {"embedding", capacity.banks.embedding},
          {"kv_cache", capacity.banks.kvCache},
          {"padding", capacity.banks.padding},
          {"free", capacity.banks.free},
          {"context", capacity.context},
          {"controller_total", capacity.controllerTotal},
          {"controller_used", capacity.controllerUsed},
          {"controller_embedding", capacity.controllerEmbedding},
          {"model", capacity.model},
          {"max_context", capacity.longestContext()},
          {"max_context_limited_by", capacity.contextLimit()},
          {"max_context_ideal", capacity.idealContext}};
}

Report makeReport(const RunRequest& request, const ModelShape& shape, RunResult result,
                  const HostUsage& host) {
  Report report;
  report.request = &request;
  report.shape = shape;
  report.result = std::move(result);
  report.prefill = prefillStage(report.result, request.job.prompt.size());
  report.decode = decodeStage(report.result);
  report.host = host;
  return report;
}

Json toJson(const Report& report) {
  const platform::Config& config = report.request->config;
  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = modelJson(report);
  if (report.prefill.seconds > 0) {
    json["prefill"] = stageJson(report.prefill, false);
    json["prefill"]["utilisation"] = utilisationJson(report.prefill, config);
    json["prefill"]["components"] = componentsJson(report.prefill);
    json["prefill"]["memory"] = memoryJson(report.prefill);
    json["prefill"]["firmware"] = countersJson("firmware", report.prefill.counters, report.prefill.tokens);
    json["prefill"]["bound_by"] = componentName(bound(report.prefill));
    json["prefill"]["energy"] = energyJson(report.prefill, config);
  }
  if (report.decode.tokens > 0) {
    json["decode"] = stageJson(report.decode, report.perToken);
    json["decode"]["bound_by"] = componentName(bound(report.decode));
    json["components"] = componentsJson(report.decode);
    json["memory"] = memoryJson(report.decode);
    json["firmware"] = countersJson("firmware", report.decode.counters, report.decode.tokens);
    json["traffic"] = countersJson("traffic", report.decode.counters, report.decode.tokens);
    json["work"] = countersJson("work", report.decode.counters, report.decode.tokens);
    json["utilisation"] = utilisationJson(report.decode, config);
    json["energy"] = energyJson(report.decode, config);
    json["energy"]["constants"] = energyConstantsJson(config);
  }
  json["area"] = areaJson(config, report.prefill, report.decode);
  if (report.advice) {
    json["advice"] = adviceJson(*report.advice);
    if (const auto& core = report.advice->core)
      json["firmware"]["headroom"] = {{"times_slower", core->factor}, {"cost", core->cost}};
  }
  json["dram"] = countersJson("dram", report.result.statistics.counters);
  if (report.decode.tokens > 0)
    json["dram"]["per_token"] = countersJson("dram", report.decode.counters, report.decode.tokens);
  if (config.simulation.checkTiming) {
    json["dram"]["checked_commands"] = report.result.dramCommands;
    json["dram"]["violations"] = report.result.dramViolations;
  }
  json["assumptions"] = assumptions(report.decode, config);
  json["capacity"] = capacityJson(report.request->layout.capacity);
  if (report.request->model != nullptr) json["saturation"] = saturationJson(report.result.clipped);
  if (!report.result.rtl.empty()) json["rtl"] = rtlJson(report.result.rtl);
  json["simulated_seconds"] = seconds(report.result.end);
  json["tokens"] = report.result.tokens;
  json["host"] = hostJson(report.host, seconds(report.result.end));
  return json;
}

}  // namespace pim::sim
