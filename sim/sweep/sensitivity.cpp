#include "sim/sweep/sensitivity.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/schema.h"

namespace pim::sim {
namespace {

using platform::Field;

bool matches(const std::string& glob, const std::string& key) {
  return ::fnmatch(glob.c_str(), key.c_str(), 0) == 0;
}

bool isChosen(const SensitivityRequest& request, const Field& field) {
  return field.lever.cost != platform::Lever::Cost::kNone &&
         (request.globs.empty() ||
          std::any_of(request.globs.begin(), request.globs.end(),
                      [&](const std::string& glob) { return matches(glob, field.key); }));
}

/// Returns a smaller and a larger value of a number, as texts that the key accepts.
std::vector<std::string> numberSteps(Field field, double down, double up) {
  const std::string now = field.text();
  const double number = std::strtod(now.c_str(), nullptr);
  std::vector<std::string> values;
  for (const double factor : {down, up}) {
    std::string value = nearestValue(field.key, number * factor).value_or(now);
    // A step of a whole number is at least one.
    if (value == now && isWhole(field.key))
      value = nearestValue(field.key, number + (factor < 1 ? -1 : 1)).value_or(now);
    if (value != now && field.assign(value)) values.push_back(value);
  }
  return values;
}

/// Returns the steps that improve the result, then those that worsen it. Numbers change by a share, or to
/// half and twice; names and switches take all other values.
std::vector<std::string> bothWays(const Field& field, std::optional<double> by) {
  const bool isNumber = std::holds_alternative<platform::Real>(field.value) ||
                        std::holds_alternative<platform::Integer>(field.value);
  const auto* integer = std::get_if<platform::Integer>(&field.value);
  if (by && isNumber && !(integer && !integer->allowed.empty())) return numberSteps(field, 1 - *by, 1 + *by);
  std::vector<std::string> values = field.steps();
  Field other = field;
  using Better = platform::Lever::Better;
  if (field.lever.better != Better::kEither) {
    other.lever.better = field.lever.better == Better::kMore ? Better::kLess : Better::kMore;
    for (const std::string& value : other.steps()) values.push_back(value);
  }
  return values;
}

}  // namespace

double KeySensitivity::swing(const PointResult& base, const std::string& path) const {
  double largest = 0;
  for (const Turn& turn : turns) {
    const double change = turn.result.number(path) / base.number(path) - 1;
    if (std::isfinite(change)) largest = std::max(largest, std::abs(change));
  }
  return largest;
}

double KeySensitivity::gain(const PointResult& base, const Objective& objective) const {
  double largest = 0;
  for (const Turn& turn : turns) {
    const double now = turn.result.number(objective.path), before = base.number(objective.path);
    const double gain = objective.maximise ? now / before - 1 : before / now - 1;
    if (std::isfinite(gain)) largest = std::max(largest, gain);
  }
  return largest;
}

std::vector<KeySensitivity> sensitivity(const SensitivityRequest& request, Evaluator& evaluator) {
  std::vector<KeySensitivity> keys;
  std::vector<std::vector<Change>> points;
  platform::Config config = evaluator.base().config;
  for (const Field& field : platform::configSchema(config)) {
    if (!isChosen(request, field) || evaluator.chooses(field.key)) continue;
    KeySensitivity key{field.key, field.text(), field.lever.cost, {}};
    platform::Config own = config;  // a copy, because bothWays() may assign
    platform::Schema schema = platform::configSchema(own);
    const auto copy =
        std::find_if(schema.begin(), schema.end(), [&](const Field& f) { return f.key == field.key; });
    for (const std::string& value : bothWays(*copy, request.by)) {
      key.turns.push_back({value, {}});
      points.push_back({{field.key, value}});
    }
    keys.push_back(std::move(key));
  }
  if (keys.empty())
    throw UserError(
        "--keys: expected keys of this machine that cost silicon or change the schedule; see "
        "docs/design_space.md");
  const std::vector<PointResult> results = evaluator.evaluate(points);
  std::size_t at = 0;
  for (KeySensitivity& key : keys)
    for (Turn& turn : key.turns) turn.result = results[at++];
  return keys;
}

}  // namespace pim::sim
