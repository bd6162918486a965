#include "sim/sweep/crossover.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <tuple>

namespace pim::sim {
namespace {

/// The objective of one preset by the value of the key, where it ran.
using Curve = std::map<double, double>;

std::optional<double> numberOf(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return end != text.c_str() && *end == '\0' ? std::optional(number) : std::nullopt;
}

/// Returns the value of the key at which the ratio of two curves is 1. Between two points, the ratio is
/// interpolated as a power of the key.
double crossing(double x0, double ratio0, double x1, double ratio1) {
  const double share = std::log(ratio0) / (std::log(ratio0) - std::log(ratio1));
  return x0 > 0 ? x0 * std::pow(x1 / x0, share) : x0 + (x1 - x0) * share;
}

MachinePair compare(const Objective& objective, const std::string& key, const std::string& first,
                    const Curve& one, const std::string& second, const Curve& other) {
  MachinePair pair{first, second, key, "", {}};
  std::vector<std::pair<double, double>>
      lead;  // value of the key, ratio of the first preset's objective to the second's
  for (const auto& [x, result] : one) {
    const auto found = other.find(x);
    if (found == other.end()) continue;
    lead.emplace_back(x, objective.maximise ? result / found->second : found->second / result);
  }
  if (lead.empty()) {
    pair.sentence = fmt::format("{} and {}: no {} at which both run", first, second, key);
    return pair;
  }
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < lead.size(); ++i) {
    if ((lead[i].second >= 1) == (lead[i - 1].second >= 1)) continue;
    const double at = crossing(lead[i - 1].first, lead[i - 1].second, lead[i].first, lead[i].second);
    const std::string& winner = lead[i].second >= 1 ? first : second;
    pair.changes.push_back({winner, at, lead[i - 1].first, lead[i].first});
    parts.push_back(fmt::format("{} overtakes {} at {} = {:.4g} (between {:.6g} and {:.6g})", winner,
                                winner == first ? second : first, key, at, lead[i - 1].first, lead[i].first));
  }
  if (pair.changes.empty()) {
    const bool isFirst = lead.front().second >= 1;
    const auto times = [&](double ratio) { return isFirst ? ratio : 1 / ratio; };
    parts.push_back(fmt::format("{} is ahead of {} from {} = {:.6g} to {:.6g} ({:.3g} to {:.3g} times)",
                                isFirst ? first : second, isFirst ? second : first, key, lead.front().first,
                                lead.back().first, times(lead.front().second), times(lead.back().second)));
  }
  for (const auto& [name, curve, rival] : {std::tuple(first, &one, &other), std::tuple(second, &other, &one)})
    if (curve->rbegin()->first < rival->rbegin()->first)
      parts.push_back(fmt::format("{} cannot run beyond {} = {:.6g}", name, key, curve->rbegin()->first));
  for (const std::string& part : parts) pair.sentence += (pair.sentence.empty() ? "" : "; ") + part;
  return pair;
}

}  // namespace

std::vector<MachinePair> comparePresets(const SweepPlan& plan, const ResultStore& store) {
  if (!plan.paired.empty() || !plan.random.keys.empty() || plan.objectives.empty()) return {};
  std::optional<std::size_t> presets, varied;  // indices of the two axes; all others have one value
  for (std::size_t k = 0; k < plan.grid.size(); ++k) {
    std::optional<std::size_t>& place = plan.grid[k].key == "preset" ? presets : varied;
    if (plan.grid[k].values.size() < 2) continue;
    if (place) return {};
    place = k;
  }
  if (!presets || !varied) return {};
  const std::vector<std::string>& names = plan.grid[*presets].values;
  const Objective& objective = plan.objectives.front();
  std::map<std::string, Curve> curves;
  for (std::uint64_t point = 0; point < store.points(); ++point) {
    const std::vector<Change> changes = plan.changesOf(point);
    const std::optional<double> x = numberOf(changes[*varied].value);
    if (!x) return {};
    const double result = store.result(point).number(objective.path);
    if (std::isfinite(result) && result > 0) curves[changes[*presets].value][*x] = result;
  }
  std::vector<MachinePair> pairs;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = i + 1; j < names.size(); ++j)
      pairs.push_back(
          compare(objective, plan.grid[*varied].key, names[i], curves[names[i]], names[j], curves[names[j]]));
  return pairs;
}

}  // namespace pim::sim
