#include "sim/sweep/sweep_summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace pim::sim {

SweepSummary summarise(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns) {
  SweepSummary summary;
  summary.points = store.points();
  summary.ok = columns.ok();
  summary.refused = columns.refused();
  summary.failed = columns.failed();
  summary.objectives = plan.objectives;
  std::vector<std::vector<double>> values;
  for (std::uint64_t point = 0; point < store.points(); ++point) {
    const PointResult result = store.result(point);
    std::vector<double>& own = values.emplace_back();
    for (const Objective& objective : plan.objectives) own.push_back(result.number(objective.path));
    if (!result.ok() && summary.firstReason.empty())
      summary.firstReason = fmt::format("point {}: {}", point, result.error);
  }
  for (const std::size_t point : paretoFront(plan.objectives, values))
    summary.front.push_back({point, plan.changesOf(point), values[point]});
  summary.machines = comparePresets(plan, store);
  return summary;
}

std::string toTable(const SweepSummary& summary) {
  std::string table = fmt::format("{} points: {} ran, {} cannot run, {} failed\n", summary.points, summary.ok,
                                  summary.refused, summary.failed);
  if (!summary.firstReason.empty()) table += "  " + summary.firstReason + '\n';
  table += '\n';
  for (const MachinePair& pair : summary.machines) table += pair.sentence + '\n';
  if (!summary.machines.empty()) table += '\n';
  if (summary.front.empty()) return table + "no point has all of the objectives\n";
  constexpr std::size_t kShown = 20;
  table += fmt::format("Pareto front: {} points\n  {:>8}", summary.front.size(), "point");
  for (const Objective& objective : summary.objectives) table += fmt::format("  {:>28}", toText(objective));
  table += "  configuration\n";
  for (std::size_t i = 0; i < std::min(summary.front.size(), kShown); ++i) {
    const FrontPoint& point = summary.front[i];
    table += fmt::format("  {:>8}", point.point);
    for (const double value : point.values) table += fmt::format("  {:>28.6g}", value);
    for (const Change& change : point.changes) table += fmt::format("  {}={}", change.key, change.value);
    table += '\n';
  }
  if (summary.front.size() > kShown) table += fmt::format("  ... {} more\n", summary.front.size() - kShown);
  return table;
}

nlohmann::ordered_json toJson(const SweepSummary& summary) {
  using Json = nlohmann::ordered_json;
  Json front = Json::array();
  for (const FrontPoint& point : summary.front) {
    Json entry{{"point", point.point}};
    for (const Change& change : point.changes) entry["keys"][change.key] = change.value;
    for (std::size_t k = 0; k < summary.objectives.size(); ++k)
      entry["objectives"][summary.objectives[k].path] = point.values[k];
    front.push_back(entry);
  }
  Json json{{"points", summary.points},
            {"ok", summary.ok},
            {"refused", summary.refused},
            {"failed", summary.failed},
            {"pareto", front}};
  for (const MachinePair& pair : summary.machines) {
    Json changes = Json::array();
    for (const MachinePair::Change& change : pair.changes)
      changes.push_back(
          {{"overtakes", change.overtakes}, {"at", change.at}, {"between", {change.before, change.after}}});
    json["machines"].push_back({{"presets", {pair.first, pair.second}},
                                {"key", pair.key},
                                {"sentence", pair.sentence},
                                {"changes", changes}});
  }
  return json;
}

}  // namespace pim::sim
