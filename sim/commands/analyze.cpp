#include <fmt/format.h>

#include <optional>

#include "core/base/error.h"
#include "platform/assembly/controller_cores.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/analysis/analysis.h"
#include "sim/analysis/program_analysis.h"
#include "sim/commands/commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/decode_step.h"
#include "sim/run/mapping.h"
#include "sim/run/own_process.h"
#include "sw/host/layout/planner.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

/// Simulates the other mapping; nothing if the model does not fit with it.
std::optional<SimulatedDecode> simulateOther(const ModelShape& shape, platform::Config config,
                                             std::uint32_t banksPerHead, std::uint32_t context) {
  config.mapping.banksPerHead = banksPerHead;
  RunRequest request;
  try {
    request = decodeStep(shape, config, context);
  } catch (const UserError&) {
    return std::nullopt;
  }
  SimulatedDecode result;
  if (!runInOwnProcess<SimulatedDecode>([&] { return simulateDecodeStep(request); }, result))
    return std::nullopt;
  return result;
}

/// What it costs to bring a decode step's commands to the command processor.
int analyzeProgramsCommand(const CommandLine& line, const platform::Config& config, const HostMeter& meter) {
  const ModelShape shape = platform::loadModel(line.get<std::string>("model"));
  const std::uint32_t context = line.count("context", kShortestContext, 1 << 20);
  Output output(line);
  const ProgramAnalysis analysis = analyzePrograms(shape, config, context);
  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = {{"name", shape.name}};
  json["context"] = context;
  json["programs"] = toJson(analysis);
  json["host"] = hostJson(meter.usage(), 0);
  output.write(
      {json,
       fmt::format("{} on {}: a decode step by commands that the firmware posts for each token "
                   "(schedule.program=posted), by a program recorded once (cached), by programs compiled "
                   "for lengths that are multiples of 16 and of 128\n\n{}",
                   shape.name, config.name, toTable(analysis)),
       platform::toYaml(config),
       {}});
  return 0;
}

}  // namespace

int analyzeCommand(const Arguments& arguments) {
  CommandLine line("analyze",
                   "pimtlm analyze --model NAME|FILE.yaml --context L: compares the published analysis with "
                   "the simulation");
  line.add()                                                                                               //
      ("model", po::value<std::string>(), "built-in model shape, or a .yaml file")                         //
      ("context", po::value<std::int64_t>(), "tokens that the decode step attends to, including its own")  //
      ("program",
       "instead: compare ways in which the commands of a decode step come to the command processor");
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  line.require("model");
  const platform::Config config = line.loadConfig();
  platform::coreFactory(config, {});  // refuses a core without a program here, not again in each process
  if (line.has("program")) return analyzeProgramsCommand(line, config, meter);
  const ModelShape shape = platform::loadModel(line.get<std::string>("model")).paddedTo(config.weights.group);
  const std::uint32_t context = line.count("context", kShortestContext, 1 << 20);
  const RunRequest request = decodeStep(shape, config, context);
  Output output(line);

  AnalysisInput input;
  input.shape = shape;
  input.config = config;
  input.layout = layoutChoices(request.layout);
  input.context = context;
  input.spread = spreadOf(shape, config);
  const bool isSpread = config.mapping.banksPerHead > 1;
  // Runs first in its own process, because this process can elaborate SystemC only once.
  const std::optional<SimulatedDecode> other =
      simulateOther(shape, config, isSpread ? 1 : input.spread, context);
  const SimulatedDecode own = simulateDecodeStep(request);
  const SimulatedDecode* otherOrNone = other ? &*other : nullptr;
  input.one = isSpread ? otherOrNone : &own;
  input.many = isSpread ? &own : otherOrNone;

  std::vector<AnalysisRow> rows = publishedRows(input);
  const std::vector<AnalysisRow> chip = chipRows(input, own);
  const std::string table = fmt::format(
      "{} on {}, a decode token at context {}\n\nThe published analysis, row by row; corrected at its 4 bits "
      "for "
      "everything\n{}\nThe parts of this chip, {} bank(s) a head; corrected at the widths really used\n{}",
      shape.name, config.name, context, toTable(rows), config.mapping.banksPerHead, toTable(chip));
  rows.insert(rows.end(), chip.begin(), chip.end());

  Json json;
  json["config"] = platform::toJson(config);
  json["model"] = {{"name", shape.name}};
  json["context"] = context;
  json["analysis"] = toJson(rows);
  json["host"] = hostJson(meter.usage(), 0);
  output.write({json, table, platform::toYaml(config), {}});
  return 0;
}

}  // namespace pim::sim
