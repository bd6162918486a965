// sweep.yaml: the file format of a plan.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/loader.h"
#include "platform/config/machine_keys.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"
#include "platform/config/yaml_document.h"
#include "sim/cli/version.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {
namespace {

/// Returns a YAML scalar that reads back as the same text.
std::string scalar(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + '\'';
}

std::string flow(const std::vector<std::string>& values) {
  std::vector<std::string> scalars;
  scalars.reserve(values.size());
  for (const std::string& value : values) scalars.push_back(scalar(value));
  return fmt::format("[{}]", fmt::join(scalars, ", "));
}

std::string indented(const std::string& text, const std::string& by) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    result += by + text.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return result;
}

std::string axesYaml(const char* section, const std::vector<Axis>& axes) {
  if (axes.empty()) return "";
  std::string yaml = fmt::format("{}:\n", section);
  for (const Axis& axis : axes) yaml += fmt::format("  {}: {}\n", scalar(axis.key), flow(axis.values));
  return yaml;
}

std::string randomYaml(const RandomSamples& random) {
  if (random.keys.empty()) return "";
  std::string yaml = fmt::format("random:\n  samples: {}\n  seed: {}\n  keys:\n", random.count, random.seed);
  for (const RandomKey& key : random.keys) {
    const std::string range = fmt::format("'{}..{}:{}'", key.from, key.to, key.logarithmic ? "log" : "lin");
    yaml += fmt::format("    {}: {}\n", scalar(key.key), key.values.empty() ? range : flow(key.values));
  }
  return yaml;
}

/// Returns every model of the plan completely, because its file may change.
std::string modelsYaml(const SweepPlan& plan) {
  std::map<std::string, ModelShape> models{{plan.model, plan.base.shape}};
  const auto add = [&](const std::string& key, const std::vector<std::string>& values) {
    if (key != "model") return;
    for (const std::string& name : values) models[name] = modelCalled(name);
  };
  for (const Axis& axis : plan.grid) add(axis.key, axis.values);
  for (const Axis& axis : plan.paired) add(axis.key, axis.values);
  for (const RandomKey& key : plan.random.keys) add(key.key, key.values);
  std::string yaml = "models:\n";
  for (auto& [name, shape] : models)
    yaml += fmt::format("  {}:\n{}", scalar(name),
                        indented(platform::dumpYaml(platform::modelSchema(shape)), "    "));
  return yaml;
}

/// Reads one file into a plan. Each section has a member function of its name.
class PlanReader {
 public:
  PlanReader(std::string fileName, SweepPlan& plan) : m_fileName(std::move(fileName)), m_plan(plan) {}

  void read(const std::string& yaml) {
    try {
      const YAML::Node root = platform::onlyDocument(yaml);
      if (!root.IsMap()) refuse({}, "expected one YAML document of sections");
      requireOnce(root);
      // Models first, because other sections may name them; a preset before what changes it.
      for (const char* early : {"models", "preset", "config"})
        if (root[early]) section(YAML::Node(early), root[early]);
      for (const auto& pair : root)
        if (!isEarly(pair.first.Scalar())) section(pair.first, pair.second);
      requireOneJobOfAll();
    } catch (const YAML::Exception& error) {
      refuse(error.mark, fmt::format("expected well-formed YAML: {}", platform::withoutControls(error.msg)));
    }
    m_plan.check(m_fileName);
  }

 private:
  using Node = YAML::Node;

  std::string place(const YAML::Mark& mark) const {
    return mark.is_null() ? m_fileName : fmt::format("{}:{}", m_fileName, mark.line + 1);
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& what) const {
    throw UserError(fmt::format("{}: {}", place(mark), what));
  }

  static bool isEarly(const std::string& name) {
    return name == "models" || name == "preset" || name == "config";
  }

  /// Refuses a map that has a key twice, of which yaml-cpp would take one.
  void requireOnce(const Node& node) const {
    std::set<std::string> seen;
    for (const auto& pair : node)
      if (!pair.first.IsScalar() || !seen.insert(pair.first.Scalar()).second)
        refuse(pair.first.Mark(),
               fmt::format("{}: expected once, given twice",
                           platform::quoted(pair.first.IsScalar() ? pair.first.Scalar() : "")));
  }

  /// A section decode or prefill is a complete job: neither another section nor an axis may change it.
  void requireOneJobOfAll() const {
    std::vector<std::string> jobs = m_jobs;
    const auto isComplete = [](const std::string& key) { return key == "decode" || key == "prefill"; };
    if (std::any_of(jobs.begin(), jobs.end(), isComplete))
      for (const std::string& key : m_plan.keys()) jobs.push_back(key);
    requireOneJob(jobs, m_fileName);
  }

  void section(const Node& key, const Node& value) {
    static const std::map<std::string, void (PlanReader::*)(const Node&)> kSections{
        {"pimtlm", &PlanReader::version},
        {"map", &PlanReader::map},
        {"objectives", &PlanReader::objectives},
        {"model", &PlanReader::model},
        {"grid", &PlanReader::grid},
        {"paired", &PlanReader::paired},
        {"random", &PlanReader::random},
        {"models", &PlanReader::models},
        {"config", &PlanReader::config},
        {"complete", &PlanReader::complete},
        {"preset", &PlanReader::preset}};
    const std::string& name = key.Scalar();
    const auto found = kSections.find(name);
    if (found != kSections.end()) {
      (this->*found->second)(value);
    } else if (const auto& jobs = jobKeyNames(); std::find(jobs.begin(), jobs.end(), name) != jobs.end()) {
      requireValue(name, text(value, name), place(value.Mark()));
      m_plan.base = changedUnchecked(m_plan.base, {{name, value.Scalar()}});
      m_jobs.push_back(name);
    } else {
      refuse(key.Mark(),
             fmt::format("{}: unknown section, expected preset, config, model, models, context, "
                         "prompt, generate, decode, prefill, grid, paired, random, map or objectives",
                         platform::quoted(name)));
    }
  }

  std::string text(const Node& node, const std::string& what) const {
    if (!node.IsScalar()) refuse(node.Mark(), fmt::format("{}: expected one value", what));
    return node.Scalar();
  }
  void requireMap(const Node& node, const char* what) const {
    if (!node.IsMap()) refuse(node.Mark(), fmt::format("{}: expected keys and values", what));
  }

  void version(const Node& node) {
    if (text(node, "pimtlm") != kVersion)
      refuse(node.Mark(), fmt::format("pimtlm: expected a plan of version {}, got {}", kVersion,
                                      platform::quoted(node.Scalar())));
  }
  void complete(const Node& node) { m_plan.complete = text(node, "complete"); }
  void preset(const Node& node) {
    m_plan.base.config = platform::loadPreset(text(node, "preset"));
    m_hasPreset = true;
  }
  void model(const Node& node) {
    m_plan.model = text(node, "model");
    m_plan.base.shape = modelCalled(m_plan.model);
  }
  void map(const Node& node) {
    const std::optional<MappingChoice> choice = mappingChoiceCalled(text(node, "map"));
    if (!choice) refuse(node.Mark(), "map: expected given or best");
    m_plan.mapping = *choice;
  }
  void objectives(const Node& node) {
    if (!node.IsSequence()) refuse(node.Mark(), "objectives: expected a list");
    m_plan.objectives.clear();
    for (const Node& objective : node)
      m_plan.objectives.push_back(parseObjective(text(objective, "objectives")));
  }

  /// Returns a list of values, or a text as for --vary.
  std::string listText(const Node& node, const std::string& key) const {
    if (node.IsScalar()) return node.Scalar();
    if (!node.IsSequence()) refuse(node.Mark(), fmt::format("{}: expected a list or a range", key));
    std::vector<std::string> values;
    for (const Node& value : node) values.push_back(text(value, key));
    return fmt::format("{}", fmt::join(values, ","));
  }
  std::vector<Axis> axes(const Node& node, const char* what) const {
    requireMap(node, what);
    requireOnce(node);
    std::vector<Axis> result;
    for (const auto& pair : node) {
      const std::string key = pair.first.Scalar();
      result.push_back(parseAxis(key, listText(pair.second, key), place(pair.first.Mark())));
    }
    return result;
  }
  void grid(const Node& node) { m_plan.grid = axes(node, "grid"); }
  void paired(const Node& node) { m_plan.paired = axes(node, "paired"); }

  std::uint64_t number(const Node& node, const char* what) const {
    std::uint64_t value = 0;
    if (!node.IsScalar() || !YAML::convert<std::uint64_t>::decode(node, value) || node.Scalar()[0] == '-')
      refuse(node.Mark(), fmt::format("{}: expected a whole number", what));
    return value;
  }
  void random(const Node& node) {
    requireMap(node, "random");
    requireOnce(node);
    m_plan.random = {};
    for (const auto& pair : node) {
      const std::string name = pair.first.Scalar();
      if (name == "samples") {
        m_plan.random.count = number(pair.second, "samples");
      } else if (name == "seed") {
        m_plan.random.seed = number(pair.second, "seed");
      } else if (name == "keys") {
        requireMap(pair.second, "keys");
        requireOnce(pair.second);
        for (const auto& entry : pair.second) {
          const std::string key = entry.first.Scalar();
          m_plan.random.keys.push_back(
              parseRandomKey(key, listText(entry.second, key), place(entry.first.Mark())));
        }
      } else {
        refuse(pair.first.Mark(), fmt::format("{}: expected samples, seed or keys", platform::quoted(name)));
      }
    }
  }
  void models(const Node& node) {
    requireMap(node, "models");
    for (const auto& pair : node) {
      ModelShape shape;
      platform::Schema schema = platform::modelSchema(shape);
      platform::applyEntries(schema, entriesOf(pair.second, ""));
      defineModel(pair.first.Scalar(), shape);
    }
  }
  void config(const Node& node) {
    const std::vector<platform::Entry> entries = entriesOf(node, "");
    platform::Config& own = m_plan.base.config;
    const auto machine = std::find_if(entries.begin(), entries.end(),
                                      [](const platform::Entry& entry) { return entry.key == "machine"; });
    if (machine != entries.end()) beginWith(*machine);
    platform::refuseKeysOfOtherMachines(entries, own.machine);
    platform::Schema schema = platform::configSchema(own);
    platform::applyEntries(schema, entries);
    if (const auto violation = platform::findViolation(m_plan.base.config))
      refuse(node.Mark(), fmt::format("{}: {}", violation->keys.front(), violation->expectation));
  }
  /// Begins with the root preset of the machine, as a configuration file does, if no preset is named.
  void beginWith(const platform::Entry& machine) {
    platform::Config& own = m_plan.base.config;
    platform::Config other;
    platform::Schema schema = platform::configSchema(other);
    platform::applyEntries(schema, {machine});
    if (other.machine == own.machine) return;
    if (m_hasPreset)
      throw UserError(fmt::format("{}: machine: expected {}, as in its base, got {}", machine.place,
                                  platform::machineNames()[static_cast<std::size_t>(own.machine)],
                                  platform::quoted(machine.text)));
    own = platform::loadPreset(platform::rootPreset(other.machine));
  }
  std::vector<platform::Entry> entriesOf(const Node& node, const std::string& path) const {
    requireMap(node, path.empty() ? "config" : path.c_str());
    requireOnce(node);
    std::vector<platform::Entry> entries;
    for (const auto& pair : node) {
      const std::string key = path + pair.first.Scalar();
      if (pair.second.IsMap() && path.empty()) {
        for (platform::Entry& entry : entriesOf(pair.second, key + '.')) entries.push_back(std::move(entry));
      } else {
        entries.push_back({place(pair.first.Mark()), key, text(pair.second, key)});
      }
    }
    return entries;
  }

  std::string m_fileName;
  SweepPlan& m_plan;
  std::vector<std::string> m_jobs;  ///< sections that set the job
  bool m_hasPreset = false;
};

}  // namespace

std::string toYaml(const SweepPlan& plan) {
  std::vector<std::string> objectives;
  for (const Objective& objective : plan.objectives) objectives.push_back(toText(objective));
  const PointJob& job = plan.base.job;
  return fmt::format(
             "# pimtlm sweep --plan sweep.yaml --out DIR makes these points again.\n"
             "pimtlm: {}\nmap: {}\nobjectives: {}\nmodel: {}\ncontext: {}\nprompt: {}\ngenerate: {}\n",
             kVersion, mappingChoiceName(plan.mapping), flow(objectives), scalar(plan.model), job.context,
             job.prompt, job.generate) +
         axesYaml("grid", plan.grid) + axesYaml("paired", plan.paired) + randomYaml(plan.random) +
         modelsYaml(plan) + "config:\n" + indented(platform::toYaml(plan.base.config), "  ");
}

void readPlan(const std::string& yaml, const std::string& fileName, SweepPlan& plan) {
  PlanReader(fileName, plan).read(yaml);
}

}  // namespace pim::sim
