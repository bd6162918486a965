#include "sim/sweep/point_options.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/machine_keys.h"
#include "platform/config/schema.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

}  // namespace

void PointOptions::addTo(CommandLine& line) {
  line.add()                                                                                             //
      ("model", po::value<std::string>(), "built-in model shape, or a .yaml file")                       //
      ("decode", po::value<std::string>(), "simulate one decode step that attends to this many tokens")  //
      ("prefill", po::value<std::string>(), "simulate one prefill of this many tokens")                  //
      ("context", po::value<std::string>(), "tokens assumed to be in the cache before the prompt")       //
      ("prompt", po::value<std::string>(), "tokens of the prompt")                                       //
      ("generate", po::value<std::string>(), "tokens to generate; the prefill produces the first one")   //
      ("map", po::value<std::string>(),
       "given: the mapping of the configuration; best: the fastest legal mapping of each point");
}

void PointOptions::apply(const CommandLine& line, SweepPlan& plan) {
  if (!line.has("plan")) {
    plan.base.config = line.loadConfig(kAnyMachine, AutoMapping::kTaken);
  } else if (line.has("set")) {
    std::vector<platform::Entry> entries;
    for (const std::string& text : line.get<std::vector<std::string>>("set")) {
      entries.push_back(platform::readOverride(text));
      requireKey(entries.back().key, "--set");
    }
    platform::refuseKeysOfOtherMachines(entries, plan.base.config.machine);
    platform::Schema schema = platform::configSchema(plan.base.config);
    platform::applyEntries(schema, entries);
    plan.base = changed(plan.base, {});
  }
  if (line.has("model")) {
    plan.model = line.get<std::string>("model");
    plan.base.shape = modelCalled(plan.model);
  }
  if (plan.model.empty()) line.require("model");
  if (plan.base.config.mapping.automatic) plan.mapping = MappingChoice::kBest;
  if (line.has("map")) plan.mapping = mappingOf(line);
  std::vector<std::string> given;
  for (const std::string& key : jobKeyNames())
    if (line.has(key)) given.push_back(key);
  requireOneJob(given, "options");
  for (const std::string& key : given) {
    const std::string& text = line.get<std::string>(key);
    requireValue(key, text, "--" + key);
    plan.base = changed(plan.base, {{key, text}});
  }
}

MappingChoice PointOptions::mappingOf(const CommandLine& line) {
  const std::string& map = line.get<std::string>("map");
  const std::optional<MappingChoice> choice = mappingChoiceCalled(map);
  if (!choice) throw UserError(fmt::format("--map: expected given or best, got {}", platform::quoted(map)));
  return *choice;
}

}  // namespace pim::sim
