#include <fmt/format.h>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/commands/commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/machine_step.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

constexpr std::uint32_t kMostTokens = 1 << 20;

Step stepOf(const CommandLine& line) {
  if (line.has("decode") == line.has("prefill"))
    throw UserError("pimtlm step: expected one of --decode and --prefill; see pimtlm step --help");
  const bool prefill = line.has("prefill");
  return {prefill, line.count(prefill ? "prefill" : "decode", 1, kMostTokens)};
}

Json stepJson(const Step& step, const StepResult& result) {
  Json units = Json::object();
  for (const StepUnit& unit : result.units)
    units[unit.name] = {{"count", unit.count}, {"busy_seconds", unit.busySeconds}};
  Json json{{"kind", step.prefill ? "prefill" : "decode"},
            {"tokens", step.tokens},
            {"seconds", result.seconds},
            {"bound_by", result.boundBy},
            {"memory_bytes", result.memoryBytes},
            {"units", units}};
  for (const auto& [key, value] : result.details.items()) json[key] = value;
  return json;
}

std::string stepTable(const ModelShape& shape, const platform::Config& config, const Step& step,
                      const StepResult& result) {
  std::string text =
      step.prefill ? fmt::format("{} on {}: a prefill of {} tokens\n\n", shape.name, config.name, step.tokens)
                   : fmt::format("{} on {}: a decode step that sees {} tokens\n\n", shape.name, config.name,
                                 step.tokens);
  text +=
      fmt::format("  {:.6f} ms, bound by {}; {:.1f} MB moved\n\n  {:<20} {:>12} {:>14} {:>7}\n",
                  result.seconds * 1e3, result.boundBy, result.memoryBytes / 1e6, "", "count", "busy", "");
  for (const StepUnit& unit : result.units) {
    text += fmt::format("  {:<20} {:>12} {:>11.6f} ms {:>6.1f} %\n", unit.name, unit.count,
                        unit.busySeconds * 1e3, 100 * unit.busySeconds / result.seconds);
  }
  return text;
}

}  // namespace

int stepCommand(const Arguments& arguments) {
  CommandLine line(
      "step",
      "pimtlm step --decode N | --prefill N: one decode step whose attention sees N tokens, or one "
      "prefill of N tokens, on any machine");
  line.add()  //
      ("model", po::value<std::string>()->default_value("llama-7b"),
       "model shape built into pimtlm, or a .yaml file")                                                //
      ("decode", po::value<std::int64_t>(), "tokens that the step's attention sees, its own included")  //
      ("prefill", po::value<std::int64_t>(), "tokens of the prefill");
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  const ModelShape shape = platform::loadModel(line.get<std::string>("model"));
  const platform::Config config = line.loadConfig(kAnyMachine);
  const Step step = stepOf(line);
  Output output(line);
  const StepResult result = simulateSteps(shape, config, {step}).front();

  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = {{"name", shape.name}};
  json["step"] = stepJson(step, result);
  json["host"] = hostJson(meter.usage(), result.seconds);
  output.write({json, stepTable(shape, config, step, result), platform::toYaml(config), {}});
  return 0;
}

}  // namespace pim::sim
