#include "sim/sweep/sweep_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "sim/report/report_page.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

/// Limit of numbers in a page, so that it loads quickly.
constexpr std::size_t kMostCells = 400'000;

/// Results that are always shown, by the beginning of their path.
constexpr const char* kMainResults[] = {"decode.tokens_per_second",
                                        "decode.bound_by",
                                        "prefill.tokens_per_second",
                                        "prefill.bound_by",
                                        "energy.joules_per_token",
                                        "energy.watts",
                                        "utilisation.",
                                        "capacity.max_context",
                                        "area.",
                                        "mapping.",
                                        "schedule."};

bool isMain(const SweepPlan& plan, const std::string& name) {
  const auto is = [&](const char* front) { return name.rfind(front, 0) == 0; };
  return std::any_of(std::begin(kMainResults), std::end(kMainResults), is) ||
         std::any_of(plan.objectives.begin(), plan.objectives.end(),
                     [&](const Objective& objective) { return objective.path == name; });
}

/// Rounds to six digits, more than a chart can show.
Json rounded(const Json& value) {
  if (!value.is_number_float()) return value;
  return std::strtod(fmt::format("{:.6g}", value.get<double>()).c_str(), nullptr);
}

/// Returns a value of a key as a number if it is one.
Json keyValue(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? Json(number) : Json(text);
}

struct Column {
  std::string name;
  Json values = Json::array();
};

}  // namespace

std::string sweepPage(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns,
                      const SweepSummary& summary) {
  const std::vector<std::string> keys = plan.keys();
  std::vector<Column> shown;
  for (const std::string& key : keys) shown.push_back({key});
  const bool all = store.points() * (keys.size() + columns.names().size()) <= kMostCells;
  std::unordered_map<std::string, std::size_t> places;
  for (const std::string& name : columns.names()) {
    if (!all && !isMain(plan, name)) continue;
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    places[name] = shown.size();
    shown.push_back({name});
  }
  Json status = Json::array(), errors = Json::object();
  for (std::uint64_t point = 0; point < store.points(); ++point) {
    const PointResult result = store.result(point);
    status.push_back(static_cast<int>(result.status));
    if (!result.error.empty()) errors[std::to_string(point)] = result.error;
    const std::vector<Change> changes = plan.changesOf(point);
    for (std::size_t k = 0; k < keys.size(); ++k) shown[k].values.push_back(keyValue(changes[k].value));
    for (std::size_t k = keys.size(); k < shown.size(); ++k) shown[k].values.push_back(nullptr);
    for (const auto& [name, value] : result.values.items()) {
      const auto place = places.find(name);
      if (place != places.end()) shown[place->second].values.back() = rounded(value);
    }
  }
  Json sweep{{"model", plan.base.shape.name},
             {"ok", summary.ok},
             {"refused", summary.refused},
             {"failed", summary.failed},
             {"keys", keys}};
  sweep["objectives"] = Json::array();
  for (const Objective& objective : plan.objectives) {
    sweep["objectives"].push_back({{"path", objective.path}, {"maximise", objective.maximise}});
    const bool present =
        std::any_of(shown.begin(), shown.end(), [&](const auto& c) { return c.name == objective.path; });
    if (!present) {
      shown.push_back({objective.path, Json::array()});
      for (std::uint64_t point = 0; point < store.points(); ++point) shown.back().values.push_back(nullptr);
    }
  }
  sweep["sentences"] = Json::array();
  for (const MachinePair& pair : summary.machines) sweep["sentences"].push_back(pair.sentence);
  sweep["front"] = Json::array();
  for (const FrontPoint& point : summary.front) sweep["front"].push_back(point.point);
  sweep["status"] = std::move(status);
  sweep["errors"] = std::move(errors);
  sweep["columns"] = Json::array();
  for (Column& column : shown)
    sweep["columns"].push_back({{"name", column.name}, {"values", std::move(column.values)}});
  // The page does not depend on how and where the points were simulated.
  return reportPage({"pimtlm sweep --plan sweep.yaml --out DIR", {{"sweep", std::move(sweep)}}, {}});
}

}  // namespace pim::sim
