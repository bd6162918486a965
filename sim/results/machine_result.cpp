#include "sim/results/machine_result.h"

#include <fmt/format.h>

#include "platform/config/schema.h"
#include "sim/analysis/cited_figures.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

const char* powerCovers(const platform::CostConfig& cost) {
  switch (cost.powerCovers) {
    case platform::PowerCovers::kBoard:
      return "board";
    case platform::PowerCovers::kChip:
      return "chip";
    case platform::PowerCovers::kInferred:
      return "inferred";
    case platform::PowerCovers::kUnknown:
      break;
  }
  return "unknown";
}

/// Returns the busy seconds of each unit per token.
Json unitsJson(const StepResult& result, double tokens) {
  Json units = Json::object();
  for (const StepUnit& unit : result.units) units[unit.name] = unit.busySeconds / tokens;
  return units;
}

Json stageJson(const StepResult& result, std::uint32_t tokens) {
  return {{"tokens", tokens},
          {"seconds", result.seconds},
          {"tokens_per_second", tokens / result.seconds},
          {"seconds_per_token", result.seconds / tokens},
          {"bound_by", result.boundBy},
          {"units", unitsJson(result, tokens)},
          {"memory_bytes_per_token", result.memoryBytes / tokens}};
}

Json publishedJson(const platform::Config& config, const MachineRun& run) {
  Json list = Json::array();
  for (const CitedFigure& figure : citedFor(config.name)) {
    list.push_back({{"machine", figure.machine},
                    {"tokens_per_second", figure.tokensPerSecond},
                    {"kind", figure.kind},
                    {"source", figure.source},
                    {"error", run.decodeRate() / figure.tokensPerSecond - 1}});
  }
  return list;
}

/// Returns the assumptions that a reader must know before quoting a number.
Json assumptionsJson(const platform::Config& config) {
  Json list = Json::array();
  if (config.machine == platform::MachineKind::kFpga) {
    list.push_back(
        fmt::format("every time is divided by {:g}, read as {} cores x {:.2f}; FlightLLM's 3.2 was fitted by "
                    "its authors, not measured",
                    config.fpga.speedup, config.fpga.cores, config.fpga.speedup / config.fpga.cores));
    list.push_back("not modelled: KV write-back, instruction fetch, embedding, sampling, refresh");
  } else {
    list.push_back(
        "phone.gemv_efficiency is fitted to 6.7 tokens/s and phone.cpu_gmac_per_s to 3.2: these two figures "
        "prove nothing");
    list.push_back(
        "phone.attainable, launch_us, sync_ms and fp16_tflops are cited of other chips; the GEMM tiles are "
        "chosen");
  }
  return list;
}

}  // namespace

Json machineJson(const ModelShape& shape, const platform::Config& config, const MachineRun& run,
                 bool perToken) {
  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = {{"name", shape.name},
                   {"layers", shape.layers},
                   {"hidden", shape.hidden},
                   {"weight_bits", config.weights.bits},
                   {"group", config.weights.group},
                   {"kv_bits", config.kv.bits}};
  json["prefill"] = stageJson(run.prefill, run.promptTokens);
  if (run.decodeTokens > 0) {
    json["decode"] = stageJson(run.decode, run.decodeTokens);
    if (perToken) json["decode"]["per_token"] = run.perToken;
    const double rate = run.decodeRate();
    if (run.oneMoreStepSeconds > 0)
      json["decode"]["first_token_as_a_step"] = {{"tokens", run.decodeTokens + 1},
                                                 {"seconds", run.decode.seconds + run.oneMoreStepSeconds}};
    if (config.cost.powerWatts > 0) {
      json["energy"] = {{"watts", config.cost.powerWatts},
                        {"joules_per_token", config.cost.powerWatts / rate},
                        {"tokens_per_joule", rate / config.cost.powerWatts},
                        {"covers", powerCovers(config.cost)}};
    }
    if (config.cost.priceDollars > 0) {
      json["cost"] = {{"price_dollars", config.cost.priceDollars},
                      {"tokens_per_second_per_1000_dollars", 1000 * rate / config.cost.priceDollars}};
    }
    const Json published = publishedJson(config, run);
    if (!published.empty()) json["published"] = published;
    for (const auto& [key, value] : run.decode.details.items()) json["machine"][key] = value;
  }
  json["assumptions"] = assumptionsJson(config);
  json["simulated_seconds"] = run.prefill.seconds + run.decode.seconds;
  return json;
}

std::string machineTable(const ModelShape& shape, const platform::Config& config, const MachineRun& run) {
  std::string text = fmt::format("{} on {}: {}-bit weights, {}-bit KV\n\n", shape.name, config.name,
                                 config.weights.bits, config.kv.bits);
  const auto stage = [](const char* name, const StepResult& result, std::uint32_t tokens) {
    return fmt::format("  {:<10} {:>6} tokens {:>12.3f} ms {:>11.1f} tokens/s   bound by {}\n", name, tokens,
                       result.seconds * 1e3, tokens / result.seconds, result.boundBy);
  };
  text += stage("prefill", run.prefill, run.promptTokens);
  if (run.decodeTokens > 0) {
    text += stage("decode", run.decode, run.decodeTokens);
    text += "\n  busy in a decode token\n";
    for (const StepUnit& unit : run.decode.units) {
      text +=
          fmt::format("    {:<12} {:>10.6f} ms {:>6.1f} %\n", unit.name,
                      1e3 * unit.busySeconds / run.decodeTokens, 100 * unit.busySeconds / run.decode.seconds);
    }
    text +=
        fmt::format("\n  a decode token moves {:.1f} MB\n", run.decode.memoryBytes / run.decodeTokens / 1e6);
    if (config.cost.powerWatts > 0) {
      text += fmt::format("  energy: {:.1f} mJ a token at {:g} W ({}), {:.3g} tokens/J\n",
                          1e3 * config.cost.powerWatts / run.decodeRate(), config.cost.powerWatts,
                          powerCovers(config.cost), run.decodeRate() / config.cost.powerWatts);
    }
    if (config.cost.priceDollars > 0) {
      text += fmt::format("  cost: {:.3g} tokens/s per 1000 $\n",
                          1000 * run.decodeRate() / config.cost.priceDollars);
    }
    for (const CitedFigure& figure : citedFor(config.name)) {
      text += fmt::format("  published: {:g} tokens/s ({}; {}): {:+.1f} %\n", figure.tokensPerSecond,
                          figure.kind, figure.source, 100 * (run.decodeRate() / figure.tokensPerSecond - 1));
    }
  }
  for (const Json& line : assumptionsJson(config)) text += "  note: " + line.get<std::string>() + '\n';
  return text;
}

}  // namespace pim::sim
