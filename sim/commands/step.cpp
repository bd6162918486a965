#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/analysis/flightllm_checks.h"
#include "sim/commands/commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/decode_step.h"
#include "sim/run/fpga_step.h"
#include "sim/run/machine_memory.h"
#include "sim/run/machine_step.h"
#include "sim/sweep/auto_mapping.h"
#include "sim/timeline/trace_writer.h"
#include "sw/host/fpga/program_file.h"

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

Json checksJson(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"what", check.what},
                    {"expected_seconds", check.expected},
                    {"found_seconds", check.found},
                    {"error", check.error()},
                    {"source", check.source}});
  }
  return list;
}

std::string checksTable(const std::vector<Check>& checks) {
  std::string text, source;
  for (const Check& check : checks) {
    if (check.source != source) text += fmt::format("\n  against {}\n", check.source);
    source = check.source;
    text += fmt::format("    {:<32} {:>12.6f} ms instead of {:>12.6f} ms {:>+7.1f} %\n", check.what,
                        check.found * 1e3, check.expected * 1e3, 100 * check.error());
  }
  return text;
}

std::string unitsTable(const std::string& title, const StepResult& result) {
  std::string text =
      title + fmt::format("  {:.6f} ms, bound by {}; {:.1f} MB moved\n\n  {:<20} {:>12} {:>14} {:>7}\n",
                          result.seconds * 1e3, result.boundBy, result.memoryBytes / 1e6, "", "count", "busy",
                          "");
  for (const StepUnit& unit : result.units) {
    const double share = result.seconds > 0 ? 100 * unit.busySeconds / result.seconds : 0;
    text += fmt::format("  {:<20} {:>12} {:>11.6f} ms {:>6.1f} %\n", unit.name, unit.count,
                        unit.busySeconds * 1e3, share);
  }
  return text;
}

std::string stepTable(const ModelShape& shape, const platform::Config& config, const Step& step,
                      const StepResult& result) {
  const std::string what = step.prefill ? fmt::format("a prefill of {} tokens", step.tokens)
                                        : fmt::format("a decode step that sees {} tokens", step.tokens);
  return unitsTable(fmt::format("{} on {}: {}\n\n", shape.name, config.name, what), result);
}

void requireFpga(const char* option, const platform::Config& config) {
  if (config.machine == platform::MachineKind::kFpga) return;
  throw UserError(fmt::format("--{}: expected machine: fpga, {} is machine: {}", option, config.name,
                              platform::machineNames()[static_cast<std::size_t>(config.machine)]));
}

void dumpProgram(const std::string& path, const ModelShape& shape, const platform::Config& config,
                 const Step& step) {
  requireFpga("dump", config);
  PartFile file("--dump", path);
  std::ostringstream text;
  host::fpga::writeProgramHeader(text);
  fpgaProgram(shape, config, step,
              [&](const fpga::Operator& what, const std::vector<fpga::Instruction>& all) {
                host::fpga::writeOperator(text, what, all);
                file.write(text.str());
                text.str("");
              });
  file.commit();
}

/// Simulates the step and writes a track per unit. A unit's instructions arrive in the order of time.
StepResult drawTimeline(const std::string& path, const ModelShape& shape, const platform::Config& config,
                        const Step& step) {
  requireFpga("timeline", config);
  TraceWriter writer("--timeline", path);
  writer.nameProcess(1, config.name);
  for (std::uint32_t i = 0; i < fpga::kUnits; ++i)
    writer.nameTrack({1, i + 1}, fpga::unitName(static_cast<fpga::Unit>(i)));
  const auto picoseconds = [](fpga::Femtoseconds time) { return time / 1000; };
  StepResult result =
      observedFpgaStep(shape, config, step,
                       [&](std::uint64_t, const fpga::Instruction& instruction, const fpga::Interval& ran) {
                         const char* const unit = fpga::unitName(instruction.unit);
                         const bool misc = instruction.unit == fpga::Unit::Misc;
                         writer.span({1, static_cast<std::uint32_t>(instruction.unit) + 1},
                                     misc ? fpga::miscOperationName(instruction.operation) : unit, unit,
                                     picoseconds(ran.begin), picoseconds(ran.end));
                       });
  writer.commit();
  return result;
}

/// Simulates a program from a file, for any model and length.
int timeProgram(const CommandLine& line, const platform::Config& config, const HostMeter& meter) {
  requireFpga("program", config);
  for (const char* option : {"decode", "prefill", "dump", "timeline"}) {
    if (line.has(option)) throw UserError(fmt::format("--{}: expected without --program", option));
  }
  const std::string& path = line.get<std::string>("program");
  const std::vector<host::fpga::ProgramOperator> program = host::fpga::readProgram(path);
  Output output(line);
  const StepResult result = timeFpgaProgram(config, program, path);
  Json json;
  json["config"] = platform::toJson(config);
  json["step"] = stepJson({}, result);
  json["step"]["kind"] = "program";
  json["step"].erase("tokens");
  json["host"] = hostJson(meter.usage(), result.seconds);
  output.write({json,
                unitsTable(fmt::format("{} on {}\n\n", path, config.name), result),
                platform::toYaml(config),
                {}});
  return 0;
}

}  // namespace

int stepCommand(const Arguments& arguments) {
  CommandLine line(
      "step",
      "pimtlm step --decode N | --prefill N: simulates one decode step that attends to N tokens, or one "
      "prefill of N tokens, on any machine");
  line.add()  //
      ("model", po::value<std::string>()->default_value("llama-7b"),
       "built-in model shape, or a .yaml file")                                                           //
      ("decode", po::value<std::int64_t>(), "tokens that the decode step attends to, including its own")  //
      ("prefill", po::value<std::int64_t>(), "tokens of the prefill")                                     //
      ("dump", po::value<std::string>(), "FPGA: file for the program as text")                            //
      ("timeline", po::value<std::string>(),
       "FPGA: file for a timeline of the units, for trace viewers such as Perfetto")  //
      ("program", po::value<std::string>(),
       "FPGA: program to simulate, a file as written by --dump; replaces --decode and --prefill");
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  const ModelShape shape = platform::loadModel(line.get<std::string>("model"));
  const platform::Config loaded = line.loadConfig(kAnyMachine, AutoMapping::kTaken);
  if (line.has("program")) return timeProgram(line, loaded, meter);
  const Step step = stepOf(line);
  requireStep(loaded, step);
  const platform::Config config =
      withMappingFor(loaded, shape,
                     step.prefill ? PointJob::prefill(step.tokens)
                                  : PointJob::decodeStep(std::max(step.tokens, kShortestContext)));
  requireMemory(shape, config, step.tokens);
  Output output(line);
  if (line.has("dump")) dumpProgram(line.get<std::string>("dump"), shape, config, step);
  const StepResult result = line.has("timeline")
                                ? drawTimeline(line.get<std::string>("timeline"), shape, config, step)
                                : simulateSteps(shape, config, {step}).front();
  const std::vector<Check> checks =
      step.prefill ? std::vector<Check>() : flightllmChecks(shape, config, step.tokens);

  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = {{"name", shape.name}};
  json["step"] = stepJson(step, result);
  if (!checks.empty()) json["step"]["checks"] = checksJson(checks);
  json["host"] = hostJson(meter.usage(), result.seconds);
  output.write(
      {json, stepTable(shape, config, step, result) + checksTable(checks), platform::toYaml(config), {}});
  return 0;
}

}  // namespace pim::sim
