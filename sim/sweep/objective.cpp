#include "sim/sweep/objective.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "platform/config/document.h"

namespace pim::sim {
namespace {

bool isRate(const std::string& path) {
  return path.find("tokens_per_") != std::string::npos;
}

}  // namespace

std::vector<Objective> defaultObjectives() {
  return {{"decode.tokens_per_second", true}, {"energy.joules_per_token", false}};
}

Objective parseObjective(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string path = text.substr(0, colon);
  const std::string way =
      colon == std::string::npos ? (isRate(path) ? "max" : "min") : text.substr(colon + 1);
  if (path.empty() || (way != "max" && way != "min"))
    throw UserError(
        fmt::format("--objective: expected PATH:max or PATH:min, got {}", platform::quoted(text)));
  return {path, way == "max"};
}

std::string toText(const Objective& objective) {
  return objective.path + (objective.maximise ? ":max" : ":min");
}

std::vector<std::size_t> paretoFront(const std::vector<Objective>& objectives,
                                     const std::vector<std::vector<double>>& values) {
  const auto isComplete = [&](std::size_t i) {
    return std::none_of(values[i].begin(), values[i].end(), [](double v) { return std::isnan(v); });
  };
  const auto dominates = [&](std::size_t a, std::size_t b) {
    for (std::size_t k = 0; k < objectives.size(); ++k)
      if (objectives[k].better(values[b][k], values[a][k])) return false;
    return true;  // equal in every objective: the order of the loop below makes one of them the first
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (isComplete(i)) order.push_back(i);
  // Sorted by all objectives, so that any point that dominates another precedes it.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    for (std::size_t k = 0; k < objectives.size(); ++k)
      if (values[a][k] != values[b][k]) return objectives[k].better(values[a][k], values[b][k]);
    return a < b;
  });
  std::vector<std::size_t> front;
  for (const std::size_t candidate : order) {
    if (std::none_of(front.begin(), front.end(), [&](std::size_t f) { return dominates(f, candidate); }))
      front.push_back(candidate);
  }
  std::sort(front.begin(), front.end());
  return front;
}

}  // namespace pim::sim
