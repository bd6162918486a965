#include "sim/results/report_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/operations/command_names.h"
#include "sim/analysis/analysis.h"
#include "sim/analysis/metrics.h"
#include "sim/analysis/peaks.h"
#include "sim/analysis/stage_energy.h"
#include "sim/results/counters_json.h"
#include "sim/run/decode_step.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

double share(const Stage& stage, Component component) {
  return static_cast<double>(stage.critical[static_cast<std::size_t>(component)]) * kSecondsPerPicosecond /
         stage.seconds;
}

std::string boundText(const Stage& stage) {
  const Component component = bound(stage);
  return fmt::format("{:.0f} % of its critical path is {}", 100 * share(stage, component),
                     inWords(component));
}

/// Describes the parts of the banks' time for a stream of data.
std::string bankComposition(const BankTime& time) {
  const double rest = 1 - std::max(time.columns, time.mac);
  if (rest >= std::max(time.columns, time.mac) || rest > 1.0 / 3) {
    return fmt::format("{:.0f} % of the banks' time there goes into opening rows, refresh and draining. ",
                       100 * rest);
  }
  if (time.mac > 1.05 * time.columns)
    return fmt::format("The MAC arrays multiply for {:.0f} % of the banks' time there. ", 100 * time.mac);
  return fmt::format("Columns stream for {:.0f} % of the banks' time there. ", 100 * time.columns);
}

std::string composition(const Stage& stage, const platform::Config& config) {
  const Component component = bound(stage);
  if (component == Component::BankWeights)
    return bankComposition(bankTime(stage, PIM_STREAM_WEIGHTS, config));
  if (component == Component::BankKv) return bankComposition(bankTime(stage, PIM_STREAM_KV, config));
  return {};
}

/// Describes the changes that were tried and helped.
std::string remedy(const StageAdvice& advice, std::size_t tried) {
  if (advice.empty()) return fmt::format("None of {} single changes that were tried gains 1 %.", tried);
  std::string text = fmt::format("Of {} single changes that were tried these help most: ", tried);
  for (std::size_t i = 0; i < advice.size(); ++i) {
    const KindOfAdvice& kind = kindOf(advice[i]);
    const bool isFirst = i == 0 || kindOf(advice[i - 1]).cost != kind.cost;
    if (i != 0) text += isFirst ? "; " : ", ";
    if (isFirst && *kind.note != 0) text += fmt::format("with {} ", kind.note);
    text += fmt::format("{}: {} tokens/s, {:+.1f} %", advice[i].change.text(),
                        rateText(advice[i].tokensPerSecond), 100 * advice[i].gain);
  }
  return text + '.';
}

Json headline(const Report& report) {
  const platform::Config& config = report.request->config;
  Json sentences = Json::array(), remedies = Json::array();
  if (report.decode.tokens > 0) {
    const Energy energy = stageEnergy(report.decode, config);
    sentences.push_back(fmt::format(
        "Decode makes {} tokens a second at {:.2f} mJ each: {}.", rateText(report.decode.tokensPerSecond()),
        1e3 * energy.total() / static_cast<double>(report.decode.tokens), boundText(report.decode)));
    std::string text = composition(report.decode, config);
    if (report.advice && report.advice->decode) text += remedy(*report.advice->decode, report.advice->tried);
    remedies.push_back(text);
  }
  if (report.prefill.seconds > 0) {
    sentences.push_back(fmt::format("Prefill takes {} tokens a second: {}.",
                                    rateText(report.prefill.tokensPerSecond()), boundText(report.prefill)));
    std::string text = composition(report.prefill, config);
    if (report.advice) text += remedy(report.advice->prefill, report.advice->tried);
    remedies.push_back(text);
  }
  return {{"headline", sentences}, {"remedies", remedies}};
}

Json operationsJson(const OperationProfile& profile) {
  Json list = Json::array();
  for (const auto& [key, sums] : profile.sums()) {
    const auto& [phase, step, unit] = key;
    if (phase != PIM_MARK_PREFILL && phase != PIM_MARK_DECODE) continue;
    list.push_back({{"phase", phase == PIM_MARK_PREFILL ? "prefill" : "decode"},
                    {"step", stepName(step)},
                    {"unit", unitName(unit)},
                    {"commands", sums.commands},
                    {"seconds", static_cast<double>(sums.busy) * kSecondsPerPicosecond},
                    {"bank_bytes", sums.bankBytes},
                    {"link_bytes", sums.linkBytes},
                    {"controller_bytes", sums.controllerBytes},
                    {"operations", 2 * sums.macOperations}});
  }
  return list;
}

Json bankBusyJson(const Report& report) {
  const platform::ChipConfig& chip = report.request->config.chip;
  const std::vector<Picoseconds>& busy = report.result.statistics.bankBusy.perBank();
  Json dies = Json::array();
  for (std::uint32_t die = 0; die < chip.dies; ++die) {
    Json row = Json::array();
    for (std::uint32_t bank = 0; bank < chip.banksPerDie; ++bank) {
      row.push_back(static_cast<double>(busy[die * chip.banksPerDie + bank]) /
                    static_cast<double>(report.result.end));
    }
    dies.push_back(row);
  }
  return dies;
}

/// Returns the tokens that decode token `index` attends to, itself included.
std::uint64_t contextOf(const RunRequest& request, std::size_t index) {
  return request.job.position + request.job.prompt.size() + index + 1;
}

Json perTokenJson(const Report& report) {
  const std::vector<double>& seconds = report.decode.perToken;
  const std::size_t points = std::min(seconds.size(), kMostPoints);
  Json list = Json::array();
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t token = points == 1 ? 0 : i * (seconds.size() - 1) / (points - 1);
    list.push_back({contextOf(*report.request, token), seconds[token]});
  }
  return list;
}

/// Returns the mean power of each step as [begin in seconds, watts], reduced to few points.
Json powerJson(const Report& report) {
  const platform::Config& config = report.request->config;
  std::vector<const Phase*> steps;
  for (const Phase& phase : report.result.phases) {
    if ((phase.kind == PIM_MARK_PREFILL || phase.kind == PIM_MARK_DECODE) && phase.duration() > 0)
      steps.push_back(&phase);
  }
  const std::size_t points = std::min(steps.size(), kMostPoints);
  Json list = Json::array();
  for (std::size_t i = 0; i < points; ++i) {
    const Phase& phase = *steps[points == 1 ? 0 : i * (steps.size() - 1) / (points - 1)];
    const double seconds = static_cast<double>(phase.duration()) * kSecondsPerPicosecond;
    const Energy energy = energyOf(phase.counters, seconds, config.energy, energyScope(config));
    list.push_back({static_cast<double>(phase.start) * kSecondsPerPicosecond, energy.total() / seconds});
  }
  return list;
}

Json analysisJson(const Report& report) {
  const RunRequest& request = *report.request;
  const host::Capacity& capacity = request.layout.capacity;
  SimulatedDecode simulated = simulatedDecode(report.decode);
  simulated.banksPerHead = request.config.mapping.banksPerHead;
  simulated.maxContext = capacity.longestContext();

  AnalysisInput input;
  input.shape = report.shape;
  input.config = request.config;
  input.layout = layoutChoices(request.layout);
  // Costs are linear in the context, so the token at the mean context gives the mean cost.
  input.context = static_cast<std::uint32_t>(contextOf(request, 0) + (report.decode.tokens - 1) / 2);
  input.spread = spreadOf(report.shape, request.config);
  (simulated.banksPerHead > 1 ? input.many : input.one) = &simulated;
  std::vector<AnalysisRow> rows = chipRows(input, simulated);
  const std::vector<AnalysisRow> published = publishedRows(input);
  rows.insert(rows.end(), published.begin(), published.end());
  return {{"context", input.context}, {"rows", toJson(rows)}};
}

}  // namespace

Json reportSeries(const Report& report, const OperationProfile& operations, const LayerSchedule& schedule) {
  Json json = headline(report);
  json["peaks"] = toJson(peaks(report.request->config));
  json["operations"] = operationsJson(operations);
  json["bank_busy"] = bankBusyJson(report);
  if (!schedule.spans().empty()) json["schedule"] = toJson(schedule);
  if (report.decode.tokens > 0) {
    json["per_token"] = perTokenJson(report);
    json["counters"] = counterRowsJson(report.decode.counters, report.decode.tokens);
    json["power"] = powerJson(report);
    json["analysis"] = analysisJson(report);
  }
  return json;
}

}  // namespace pim::sim
