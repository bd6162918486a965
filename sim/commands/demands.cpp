#include "sim/sweep/demands.h"

#include <fmt/format.h>

#include <cmath>

#include "core/base/error.h"
#include "platform/config/schema.h"
#include "sim/cli/progress.h"
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

CommandLine makeLine() {
  CommandLine line(
      "demands",
      "pimtlm demands --model NAME --context L --tokens-per-second T: finds the memory, bandwidth and "
      "arithmetic that the chip needs");
  line.add()  //
      ("model", po::value<std::string>()->default_value("llama-7b"),
       "built-in model shape, or a .yaml file")                                                            //
      ("context", po::value<std::int64_t>()->default_value(4096), "tokens that a decode step attends to")  //
      ("tokens-per-second", po::value<double>()->default_value(50),
       "decode rate that the chip must reach")  //
      ("map", po::value<std::string>()->default_value("best"),
       "given: the mapping of the configuration; best: the fastest mapping of each point");
  JobsOption::addTo(line);
  return line;
}

Json numberOrNull(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

/// Returns the settings that reproduce the result in a run: the key itself, the KV code, and the mapping if
/// one was chosen.
Json settingsOf(const Demand& demand, const DemandPoint& point, const Point& base) {
  Json settings{{demand.key, point.value}, {"kv.bits", fmt::format("{}", base.config.kv.bits)}};
  for (const Change& change : mappingIn(point.result, base)) settings[change.key] = change.value;
  return settings;
}

Json pointJson(const Demand& demand, const DemandPoint& point, const Point& base) {
  Json json{{"value", point.value},
            {"amount", point.amount},
            {"status", statusName(point.result.status)},
            {"result", numberOrNull(point.result.number(demand.target.path))},
            {"met", demand.target.metBy(point.result)}};
  if (!point.result.error.empty()) json["error"] = point.result.error;
  json["settings"] = settingsOf(demand, point, base);
  return json;
}

/// Returns the component for which the chip waits most at the minimum.
std::string boundAt(const Demand& demand, const DemandPoint& point) {
  const std::string stage = demand.target.path.substr(0, demand.target.path.find('.'));
  return point.result.values.value(stage + ".bound_by", "");
}

Json toJson(const Demand& demand, const DemandAnswer& answer, const Point& base) {
  const auto at = [&](const std::optional<std::size_t>& place) {
    return place ? pointJson(demand, answer.curve[*place], base) : Json(nullptr);
  };
  Json json{{"id", demand.id},
            {"quantity", demand.quantity},
            {"unit", demand.unit},
            {"key", demand.key},
            {"target", demand.target.text()},
            {"published", demand.published},
            {"published_amount", demand.publishedAmount},
            {"why", demand.why}};
  for (const Change& change : demand.job) json["job"][change.key] = change.value;
  json["least"] = at(answer.least);
  json["below"] = at(answer.below);
  json["recommended"] = at(answer.recommended);
  json["at_published"] = at(answer.published);
  if (answer.least) json["bound_by"] = boundAt(demand, answer.curve[*answer.least]);
  json["curve"] = Json::array();
  for (const DemandPoint& point : answer.curve) json["curve"].push_back(pointJson(demand, point, base));
  return json;
}

std::string row(const Demand& demand, const DemandAnswer& answer) {
  const auto amount = [&](const std::optional<std::size_t>& place, const char* none) {
    return place ? fmt::format("{:.4g} {}", answer.curve[*place].amount, demand.unit) : std::string(none);
  };
  const DemandPoint& most = answer.curve.back();
  const std::string none =
      most.result.ok() ? fmt::format("over {:.4g} {}", most.amount, demand.unit) : "never enough";
  return fmt::format("  {:<40} {:>18} {:>18}  {:<20} {}\n", demand.quantity,
                     amount(answer.least, none.c_str()), amount(answer.recommended, "-"),
                     answer.least ? boundAt(demand, answer.curve[*answer.least]) : "", demand.published);
}

}  // namespace

int demandsCommand(const Arguments& arguments) {
  CommandLine line = makeLine();
  if (!line.parse(arguments)) return 0;
  const HostMeter meter;
  Point base;
  base.shape = modelCalled(line.get<std::string>("model"));
  base.config = line.loadConfig({platform::MachineKind::kPim}, AutoMapping::kTaken);
  const std::uint32_t context = line.count("context", 2, 1 << 20);
  const double rate = line.get<double>("tokens-per-second");
  if (!(rate > 0 && rate < 1e9))
    throw UserError(fmt::format("--tokens-per-second: expected a number above 0, got {}", rate));
  const MappingChoice mapping =
      base.config.mapping.automatic ? MappingChoice::kBest : PointOptions::mappingOf(line);
  base.config.mapping.automatic = false;
  const unsigned jobs = JobsOption::of(line);
  const std::uint32_t configuredBits = base.config.kv.bits;
  base.config.kv.bits = kvBitsThatFit(base, context);
  Output output(line);
  DemandEvaluator evaluator(base, mapping, jobs);
  const InterruptionGuard guard;
  try {
    const std::vector<Demand> demands = demandsOf(base, context, rate);
    Progress progress(line.has("progress"), "question", demands.size());
    std::string table = fmt::format(
        "{} on {}, {} tokens/s at a context of {}, KV cache of {} bits{}\n\n  {:<40} {:>18} "
        "{:>18}  {:<20} {}\n",
        base.shape.name, base.config.name, rate, context, base.config.kv.bits,
        base.config.kv.bits == configuredBits ? "" : fmt::format(" (of {} there is no room)", configuredBits),
        "", "least", "with margin", "bound by", "published");
    Json list = Json::array();
    for (const Demand& demand : demands) {
      const DemandAnswer answer = answerDemand(demand, evaluator);
      list.push_back(toJson(demand, answer, base));
      table += row(demand, answer);
      progress.step();
    }
    Json json{{"config", platform::toJson(base.config)}, {"model", {{"name", base.shape.name}}}};
    json["demands"] = {{"context", context},
                       {"tokens_per_second", rate},
                       {"kv_bits", base.config.kv.bits},
                       {"kv_bits_configured", configuredBits},
                       {"map", mappingChoiceName(mapping)},
                       {"points", evaluator.runs()},
                       {"questions", list}};
    json["host"] = hostJson(meter.usage(), 0);
    output.write({json, table, platform::toYaml(base.config), {}});
    return 0;
  } catch (const Interrupted& interrupted) {
    return 128 + interrupted.signal;
  }
}

}  // namespace pim::sim
