#include <fmt/format.h>

#include <limits>
#include <optional>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/analysis/advice.h"
#include "sim/cli/notices.h"
#include "sim/cli/progress.h"
#include "sim/commands/commands.h"
#include "sim/results/machine_result.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/run/chip_run.h"
#include "sim/run/mapping.h"
#include "sim/run/synthetic_prompt.h"
#include "sim/sweep/auto_mapping.h"
#include "sim/sweep/fork_pool.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "sw/host/quantise/random_model.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

constexpr std::uint32_t kMostTokens = 1 << 20;

CommandLine makeLine() {
  CommandLine line("run",
                   "pimtlm run --model NAME|FILE.yaml --prompt N --generate M: simulates prefill and decode "
                   "and reports the time");
  line.add()                                                                                             //
      ("model", po::value<std::string>(), "built-in model shape, or a .yaml file")                       //
      ("prompt", po::value<std::int64_t>(), "tokens of the prompt")                                      //
      ("generate", po::value<std::int64_t>(), "tokens to generate; the prefill produces the first one")  //
      ("context", po::value<std::int64_t>()->default_value(0),
       "tokens assumed to be in the cache before the prompt")                //
      ("functional", "compute data, with random weights (simulation.seed)")  //
      ("check-timing", "check the timing of every DRAM command")             //
      ("advice",
       "search for single changes that help, by simulation, even if the default is not to")            //
      ("no-advice", "do not search for changes that help (docs/reading_results.md has the defaults)")  //
      ("per-token", "list the time of every token in the JSON");
  ChipRun::addOptions(line);
  return line;
}

/// Returns whether to search for advice: by default if a person reads the result.
bool wantsAdvice(const CommandLine& line) {
  if (line.has("advice") && line.has("no-advice")) throw UserError("--no-advice: expected without --advice");
  if (line.has("advice") || line.has("no-advice")) return line.has("advice");
  return !line.has("functional") && (line.has("out") || !(line.has("quiet") || line.jsonToStdout()));
}

/// Runs an FPGA or a phone: prefill and decode as sums of steps.
int runOtherMachine(const CommandLine& line, const ModelShape& shape, const platform::Config& config,
                    const HostMeter& meter) {
  line.refuseUnlessPim({"functional", "check-timing", "timeline", "timeline-window", "wave", "wave-dir"},
                       config);
  if (line.count("context", 0, kMostTokens) != 0)
    throw UserError(
        "--context: expected 0 unless machine: pim, as the prefill of other machines begins with an empty "
        "cache");
  const std::uint32_t prompt = line.count("prompt", 1, kMostTokens);
  const std::uint32_t generate = line.count("generate", 1, kMostTokens);
  Output output(line);
  const MachineRun run = simulateRun(shape, config, prompt, generate);
  tellIfLonger(std::uint64_t{prompt} + generate - 1, shape.context);
  nlohmann::ordered_json json = machineJson(shape, config, run, line.has("per-token"));
  json["host"] = hostJson(meter.usage(), json["simulated_seconds"].get<double>());
  output.write({json, machineTable(shape, config, run), platform::toYaml(config), {}});
  return 0;
}

}  // namespace

int runCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  line.require("model");
  RunRequest request;
  const ModelShape named = platform::loadModel(line.get<std::string>("model"));
  request.config = line.loadConfig(kAnyMachine, AutoMapping::kTaken);
  if (request.config.machine != platform::MachineKind::kPim)
    return runOtherMachine(line, named, request.config, HostMeter());
  const ModelShape shape = named.paddedTo(request.config.weights.group);
  request.config.simulation.checkTiming |= line.has("check-timing");
  const std::uint32_t prompt = line.count("prompt", 1, kMostTokens);
  const std::uint32_t generate = line.count("generate", 1, kMostTokens);
  const std::uint32_t context = line.count("context", 0, kMostTokens);
  const bool functional = line.has("functional");
  if (functional && request.config.timingOnly()) {
    throw UserError(
        "--functional: expected weights.bits=4, weights.scale_bits=16 and weights.embedding_bits=0; other "
        "formats are "
        "for timing only");
  }
  if (functional && context != 0) {
    throw UserError("--context: expected without --functional, as the cache would hold no data");
  }

  request.config = withMappingFor(request.config, shape, {context, prompt, generate});
  // The last generated token is not fed back.
  request.layout = host::planModel(shape, chipShape(request.config), mappingOptions(request.config),
                                   context + prompt + generate - 1);
  tellIfLonger(std::uint64_t{context} + prompt + generate - 1, shape.context);
  ChipRun run(line, request);
  std::optional<Advice> advice;
  if (wantsAdvice(line)) {
    Progress progress(line.has("progress"), "change", mostRunsForAdvice(request.config));
    advice = adviseOn(shape, request.config, {context, prompt, generate}, coresAvailable(),
                      [&] { progress.step(); });
  }
  const HostMeter meter;
  host::QuantizedModel model;
  if (functional) {
    model =
        host::makeRandomModel(shape, mappingOptions(request.config).weights, request.config.simulation.seed);
    host::bindModel(request.layout, model);
    request.model = &model;
  }
  request.job.prompt = syntheticPrompt(prompt, shape.vocab);
  request.job.generate = generate;
  request.job.position = context;
  request.job.ignoreEos = true;
  Progress progress(line.has("progress"), "token", generate);
  request.onToken = [&](std::uint32_t, const std::vector<std::int32_t>&) { progress.step(); };

  RunResult result = run.simulate();
  Report report = makeReport(request, shape, std::move(result), meter.usage());
  report.perToken = line.has("per-token");
  report.advice = std::move(advice);
  run.write(run.findings(report));
  return report.result.dramViolations == 0 ? 0 : 1;
}

}  // namespace pim::sim
