#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/schema.h"
#include "sim/cli/progress.h"
#include "sim/commands/design_commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/sweep/cost_formula.h"
#include "sim/sweep/interruption.h"
#include "sim/sweep/jobs_option.h"
#include "sim/sweep/point_options.h"
#include "sim/sweep/solver.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

CommandLine makeLine() {
  CommandLine line(
      "solve",
      "pimtlm solve --model NAME --decode N --target 'PATH>=NUMBER' --free KEY=FROM..TO: finds the "
      "cheapest chip that meets the targets");
  PointOptions::addTo(line);
  line.add()  //
      ("target", po::value<std::vector<std::string>>(),
       "condition for a result, such as 'decode.tokens_per_second>=50'; repeatable")  //
      ("free", po::value<std::vector<std::string>>(),
       "key to choose: KEY=FROM..TO, KEY=FROM..TO:logN or :linN, KEY=V1,V2,...; repeatable")  //
      ("minimise", po::value<std::string>()->default_value("area"),
       "price to minimise: area (mm2 of logic and SRAM), or a formula of area and keys, such as 'area + 2 * "
       "link.bandwidth_gb_per_s * chip.dies'");
  JobsOption::addTo(line);
  return line;
}

/// Returns the values of a key between two ends if the user gives no count: every whole number if they are
/// few, else steps that are even in the logarithm.
Axis freeAxis(const std::string& text) {
  const std::size_t equals = text.find('='), dots = text.find("..");
  if (equals == std::string::npos || equals == 0)
    throw UserError(fmt::format("--free {}: expected KEY=FROM..TO", platform::quoted(text)));
  const std::string key = text.substr(0, equals);
  std::string values = text.substr(equals + 1);
  if (dots != std::string::npos && text.find(':') == std::string::npos) {
    constexpr double kMostWhole = 64;
    const double from = std::strtod(values.c_str(), nullptr);
    const double to = std::strtod(values.c_str() + values.find("..") + 2, nullptr);
    if (from > to)
      throw UserError(
          fmt::format("--free {}: expected FROM..TO with FROM at most TO", platform::quoted(text)));
    const bool every = isWhole(key) && to - from < kMostWhole;
    values += every      ? fmt::format(":lin{:.0f}", std::max(1.0, to - from + 1))
              : from > 0 ? ":log25"
                         : ":lin25";
  }
  return parseAxis(key, values, "--free");
}

SolveProblem problemOf(const CommandLine& line, const SweepPlan& plan) {
  SolveProblem problem;
  for (const char* option : {"target", "free"}) line.require(option);
  for (const std::string& text : line.get<std::vector<std::string>>("target"))
    problem.targets.push_back(parseTarget(text));
  for (const std::string& text : line.get<std::vector<std::string>>("free")) {
    problem.free.push_back(freeAxis(text));
    const std::string& key = problem.free.back().key;
    for (std::size_t i = 0; i + 1 < problem.free.size(); ++i)
      if (problem.free[i].key == key)
        throw UserError(fmt::format("--free {}: expected once, given twice", key));
  }
  std::vector<std::string> keys;
  for (const Axis& axis : problem.free) keys.push_back(axis.key);
  requireKeysOf(plan.base.config.machine, keys, "--free");
  refuseSearchedKeys(plan.mapping, plan.base, keys, "--free");
  requireOneJob(keys, "--free");
  auto formula = std::make_shared<CostFormula>(line.get<std::string>("minimise"));
  problem.cost = [formula](const platform::Config& config) { return (*formula)(config); };
  return problem;
}

Json changesJson(const std::vector<Change>& changes) {
  Json json = Json::object();
  for (const Change& change : changes) json[change.key] = change.value;
  return json;
}

Json targetsJson(const std::vector<Target>& targets, const PointResult& result) {
  Json json = Json::array();
  for (const Target& target : targets)
    json.push_back({{"target", target.text()},
                    {"value", result.ok() ? Json(result.number(target.path)) : Json(nullptr)},
                    {"met", target.metBy(result)}});
  return json;
}

/// Returns the reason why a neighbour is no solution: the targets that it misses, or why it cannot run.
std::string reasonOf(const Neighbour& neighbour) {
  if (!neighbour.result.ok()) return neighbour.result.error;
  std::string reason;
  for (const Target& target : neighbour.missed) {
    reason += fmt::format("{}{} is {:.6g}, {} wanted", reason.empty() ? "" : "; ", target.path,
                          neighbour.result.number(target.path), target.text().substr(target.path.size()));
  }
  return reason.empty() ? "good enough, too, but not cheaper" : reason;
}

Json answerJson(const SolveProblem& problem, const SolveAnswer& answer, const std::string& costText,
                const Point& base) {
  Json evidence = Json::array();
  for (const Neighbour& neighbour : answer.evidence)
    evidence.push_back({{"key", neighbour.key},
                        {"design", changesJson(neighbour.changes)},
                        {"targets", targetsJson(problem.targets, neighbour.result)},
                        {"reason", reasonOf(neighbour)}});
  Json json{{"solved", answer.solved},
            {"design", changesJson(answer.changes)},
            {"mapping", changesJson(mappingIn(answer.result, base))},
            {"minimised", costText},
            {"cost", answer.cost},
            {"targets", targetsJson(problem.targets, answer.result)},
            {"evidence", evidence},
            {"points", answer.runs},
            {"grid", answer.grid}};
  if (!answer.result.error.empty()) json["error"] = answer.result.error;
  if (answer.result.ok()) json["result"] = answer.result.values;
  return json;
}

std::string answerTable(const SolveProblem& problem, const SolveAnswer& answer, const std::string& costText) {
  std::string table =
      answer.solved ? "the cheapest that meets the targets:\n"
      : answer.exhaustive
          ? "nothing between the ends of the free keys meets the targets; nearest comes:\n"
          : fmt::format(
                "none of the {} points simulated between the ends of the free keys meets the targets; "
                "nearest comes:\n",
                answer.runs);
  for (const Change& change : answer.changes) table += fmt::format("  {} = {}\n", change.key, change.value);
  table += fmt::format("  {} = {:.6g}\n\n", costText, answer.cost);
  for (const Target& target : problem.targets) {
    const bool met = target.metBy(answer.result);
    table += answer.result.ok()
                 ? fmt::format("  {:<40} {:.6g}, {}\n", target.text(), answer.result.number(target.path),
                               met ? "met" : "missed")
                 : fmt::format("  {:<40} cannot run: {}\n", target.text(), answer.result.error);
  }
  const auto bound = answer.result.values.find("decode.bound_by");
  if (bound != answer.result.values.end())
    table += fmt::format("  a decode token is bound by {}\n", bound->get<std::string>());
  if (!answer.evidence.empty()) table += "\none step cheaper:\n";
  for (const Neighbour& neighbour : answer.evidence) {
    const auto value = std::find_if(neighbour.changes.begin(), neighbour.changes.end(),
                                    [&](const Change& change) { return change.key == neighbour.key; });
    table += fmt::format("  {} = {}: {}\n", neighbour.key, value->value, reasonOf(neighbour));
  }
  return table + fmt::format("\n{} points simulated of {}\n", answer.runs, answer.grid);
}

}  // namespace

int solveCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  SweepPlan plan;
  plan.mapping = MappingChoice::kBest;
  PointOptions::apply(line, plan);
  const SolveProblem problem = problemOf(line, plan);
  const unsigned jobs = JobsOption::of(line);
  Output output(line);
  Evaluator evaluator(plan.base, plan.mapping, jobs);
  const InterruptionGuard guard;
  try {
    const SolveAnswer answer = solve(problem, evaluator);
    const std::string& costText = line.get<std::string>("minimise");
    Json json{{"model", {{"name", plan.base.shape.name}}},
              {"solve", answerJson(problem, answer, costText, plan.base)}};
    json["host"] = hostJson(meter.usage(), 0);
    const Point chosen = changedUnchecked(plan.base, answer.changes);
    platform::Config design = changedUnchecked(chosen, mappingIn(answer.result, chosen)).config;
    design.mapping.automatic = false;
    output.write({json, answerTable(problem, answer, costText), platform::toYaml(design), {}});
    return answer.solved ? 0 : 1;
  } catch (const Interrupted& interrupted) {
    return 128 + interrupted.signal;
  }
}

}  // namespace pim::sim
