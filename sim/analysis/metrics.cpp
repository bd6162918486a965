#include "sim/analysis/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "abi/pim_abi.h"
#include "core/operations/bank_cost.h"
#include "sim/analysis/peaks.h"

namespace pim::sim {
namespace {

Stage collect(const RunResult& result, std::uint32_t kind) {
  Stage stage;
  for (const Phase& phase : result.phases) {
    if (phase.kind != kind) continue;
    const double seconds = static_cast<double>(phase.duration()) * kSecondsPerPicosecond;
    stage.seconds += seconds;
    stage.perToken.push_back(seconds);
    stage.counters += phase.counters;
    for (std::size_t i = 0; i < kComponents; ++i) stage.critical[i] += phase.critical[i];
  }
  return stage;
}

}  // namespace

Stage prefillStage(const RunResult& result, std::uint64_t promptTokens) {
  Stage stage = collect(result, PIM_MARK_PREFILL);
  stage.tokens = promptTokens;
  stage.perToken.clear();
  return stage;
}

Stage decodeStage(const RunResult& result) {
  Stage stage = collect(result, PIM_MARK_DECODE);
  stage.tokens = stage.perToken.size();
  return stage;
}

Utilisation utilisation(const Stage& stage, const platform::Config& config) {
  Utilisation result;
  if (stage.seconds <= 0) return result;
  const auto share = [&](Picoseconds busy, double units) {
    return static_cast<double>(busy) * kSecondsPerPicosecond / (stage.seconds * units);
  };
  const double directions = config.link.duplex == platform::Duplex::kFull ? 2 : 1;
  result.bank = share(stage.counters.bankBusy, config.chip.banks());
  result.link = share(stage.counters.linkBusy, config.chip.dies * directions);
  result.controller = share(stage.counters.controllerBusy, 1);
  const double peak = config.chip.banks() * config.bank.macLanes / (config.bank.macClockNs * 1e-9);
  result.mac = static_cast<double>(stage.counters.macOperations) / (stage.seconds * peak);
  return result;
}

BankTime bankTime(const Stage& stage, std::size_t stream, const platform::Config& config) {
  BankTime result;
  const auto component = bankComponent(static_cast<std::uint8_t>(stream));
  const Picoseconds busy = stage.counters.busy[static_cast<std::size_t>(component)];
  if (busy <= 0 || stage.counters.bankBusy <= 0) return result;
  const double streamed =
      static_cast<double>(stage.counters.bankBytes[stream]) / (peaks(config).banksGbPerS * 1e9);
  result.columns = streamed / (static_cast<double>(busy) * kSecondsPerPicosecond);
  result.mac = static_cast<double>(stage.counters.macBusy) / static_cast<double>(stage.counters.bankBusy);
  return result;
}

const char* inWords(Component component) {
  static constexpr std::array<const char*, kComponents> kWords = {
      "reading weights in the banks",
      "reading the KV cache in the banks",
      "moving activations over the links",
      "moving queries, scores and values over the links",
      "the Controller's ALUs beside the matrices",
      "the Controller's ALUs for attention",
      "the fixed latency of exchanges",
      "waiting for the firmware"};
  return kWords[static_cast<std::size_t>(component)];
}

Component bound(const Stage& stage) {
  const auto largest = std::max_element(stage.critical.begin(), stage.critical.end());
  return static_cast<Component>(largest - stage.critical.begin());
}

std::string rateText(double rate) {
  return rate >= 10 ? fmt::format("{:.1f}", rate) : fmt::format("{:.3g}", rate);
}

}  // namespace pim::sim
