#include "sim/sweep/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/schema.h"
#include "sim/analysis/advice.h"
#include "sim/commands/design_commands.h"
#include "sim/results/output.h"
#include "sim/results/report_data.h"
#include "sim/sweep/interruption.h"
#include "sim/sweep/jobs_option.h"
#include "sim/sweep/point_options.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

/// Returns the results for which tornado charts are drawn.
const std::vector<Objective>& measures() {
  static const std::vector<Objective> kMeasures{{"decode.tokens_per_second", true},
                                                {"prefill.tokens_per_second", true},
                                                {"energy.joules_per_token", false}};
  return kMeasures;
}

CommandLine makeLine() {
  CommandLine line("sensitivity",
                   "pimtlm sensitivity --model NAME: changes each key by one step and shows the effect");
  PointOptions::addTo(line);
  line.add()  //
      ("by", po::value<std::string>(),
       "relative change of numbers, such as 20% (default: one step of each key, twice "
       "and half)")  //
      ("keys", po::value<std::vector<std::string>>()->multitoken(),
       "keys to change, such as 'controller.*'; repeatable");
  JobsOption::addTo(line);
  return line;
}

double shareOf(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  const double share = unit == "%" ? value / 100 : value;
  if (end == text.c_str() || (unit != "%" && !unit.empty()) || !(share > 0 && share < 1))
    throw UserError(fmt::format("--by: expected a share between 0 and 100%, got {}", platform::quoted(text)));
  return share;
}

const KindOfAdvice& kindOf(const KeySensitivity& key) {
  return kindOf(TriedChange{{key.key, key.value, key.cost}});
}

/// Sorts keys as a report's advice: changes that keep the chip's size, then a larger chip, then the schedule.
/// In each, by the largest gain, then by the largest loss.
void sortAsAdvice(std::vector<KeySensitivity>& keys, const PointResult& base, const Objective& objective) {
  std::stable_sort(keys.begin(), keys.end(), [&](const KeySensitivity& a, const KeySensitivity& b) {
    const KindOfAdvice *kind = &kindOf(a), *otherKind = &kindOf(b);
    if (kind != otherKind) return kind < otherKind;  // kinds are positions in kKindsOfAdvice
    const double gain = a.gain(base, objective), other = b.gain(base, objective);
    return gain != other ? gain > other : a.swing(base, objective.path) > b.swing(base, objective.path);
  });
}

Json numberOrNull(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json toJson(const std::vector<KeySensitivity>& keys, const PointResult& base) {
  Json json;
  for (const Objective& measure : measures())
    json["base"][measure.path] = numberOrNull(base.number(measure.path));
  json["keys"] = Json::array();
  for (const KeySensitivity& key : keys) {
    Json turns = Json::array();
    for (const Turn& turn : key.turns) {
      Json entry{{"value", turn.value}};
      if (!turn.result.ok()) entry["error"] = turn.result.error;
      for (const Objective& measure : measures())
        entry[measure.path] = numberOrNull(turn.result.number(measure.path));
      entry["bound_by"] = turn.result.ok() ? turn.result.values.value("decode.bound_by", "") : "";
      turns.push_back(entry);
    }
    json["keys"].push_back(
        {{"key", key.key}, {"value", key.value}, {"kind", kindOf(key).name}, {"turns", turns}});
  }
  return json;
}

/// Returns "  +12.30% "; "-" if the machine or job has no such result.
std::string change(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:>+9.2f}% ", 100 * (ratio - 1)) : fmt::format("{:>10} ", "-");
}

std::string toTable(const std::vector<KeySensitivity>& keys, const PointResult& base) {
  std::string table = fmt::format("  {:<38} {:>10} {:>12}  {:>10} {:>10} {:>10}\n", "key", "now", "turned to",
                                  "decode/s", "prefill/s", "J/token");
  for (const KeySensitivity& key : keys) {
    const char* name = key.key.c_str();
    const char* now = key.value.c_str();
    for (const Turn& turn : key.turns) {
      table += fmt::format("  {:<38} {:>10} {:>12}  ", name, now, turn.value);
      if (turn.result.ok()) {
        for (const Objective& measure : measures())
          table += change(turn.result.number(measure.path) / base.number(measure.path));
      } else {
        table += "cannot run: " + turn.result.error;
      }
      table += '\n';
      name = now = "";
    }
  }
  return table;
}

}  // namespace

int sensitivityCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  SweepPlan plan;
  plan.base.job = {0, 128, 2};
  PointOptions::apply(line, plan);
  SensitivityRequest request;
  if (line.has("keys")) request.globs = line.get<std::vector<std::string>>("keys");
  if (line.has("by")) request.by = shareOf(line.get<std::string>("by"));
  const unsigned jobs = JobsOption::of(line);
  Output output(line);
  Evaluator evaluator(plan.base, plan.mapping, jobs);
  const InterruptionGuard guard;
  try {
    const PointResult base = evaluator.evaluateOne({});
    if (!base.ok()) throw UserError(base.error);
    std::vector<KeySensitivity> keys = sensitivity(request, evaluator);
    const auto answered = std::find_if(measures().begin(), measures().end(), [&](const Objective& measure) {
      return std::isfinite(base.number(measure.path));
    });
    if (answered != measures().end()) sortAsAdvice(keys, base, *answered);
    Json json{{"config", platform::toJson(plan.base.config)}, {"model", {{"name", plan.base.shape.name}}}};
    json["sensitivity"] = toJson(keys, base);
    json["host"] = hostJson(meter.usage(), 0);
    output.write({json, toTable(keys, base), platform::toYaml(plan.base.config), {}});
    return 0;
  } catch (const Interrupted& interrupted) {
    return 128 + interrupted.signal;
  }
}

}  // namespace pim::sim
