#include "sim/analysis/stage_energy.h"

#include <fmt/format.h>

#include "platform/config/dram.h"

namespace pim::sim {
namespace {

using Json = nlohmann::ordered_json;

Json caseJson(const Stage& stage, const platform::Config& config, EnergyCase which) {
  const Energy energy = stageEnergy(stage, config, which);
  const double tokens = static_cast<double>(stage.tokens);
  Json parts;
  for (std::size_t i = 0; i < kEnergyParts; ++i)
    parts[energyPartName(static_cast<EnergyPart>(i))] = energy.joules[i] / tokens;
  const double watts = energy.total() / stage.seconds;
  return {{"joules_per_token", energy.total() / tokens},
          {"parts", parts},
          {"tokens_per_joule", tokens / energy.total()},
          {"watts", watts},
          {"tokens_per_second_per_watt", stage.tokensPerSecond() / watts}};
}

}  // namespace

EnergyScope energyScope(const platform::Config& config) {
  EnergyScope scope;
  scope.banks = config.chip.banks();
  scope.links = config.chip.dies;
  scope.rowsPerBank = static_cast<double>(config.bank.bmemBytes()) / config.dram.pageBytes;
  const DramTiming timing = resolveDramTiming(platform::dramSettings(config));
  if (timing.refresh != DramRefresh::Off && timing.model == DramTimingModel::Timed)
    scope.refreshIntervalSeconds = static_cast<double>(timing.tRefi * timing.tCkPs) * kSecondsPerPicosecond;
  return scope;
}

Energy stageEnergy(const Stage& stage, const platform::Config& config, EnergyCase which) {
  return energyOf(stage.counters, stage.seconds, energyAt(config.energy, which), energyScope(config));
}

Json energyJson(const Stage& stage, const platform::Config& config) {
  Json json = caseJson(stage, config, EnergyCase::Nominal);
  for (const EnergyCase which : kEnergyCases) json[energyCaseName(which)] = caseJson(stage, config, which);
  return json;
}

Json energyConstantsJson(const platform::Config& config) {
  Json json = Json::array();
  for (const EnergyConstant& c : kEnergyConstants) {
    const double nominal = config.energy.*c.value;
    json.push_back({{"key", std::string("energy.") + c.key},
                    {"unit", c.unit},
                    {"low", nominal * c.low},
                    {"nominal", nominal},
                    {"high", nominal * c.high},
                    {"node", c.node},
                    {"covers", c.covers},
                    {"source", c.source}});
  }
  return json;
}

std::string energyConstantsTable(const platform::Config& config) {
  std::string text = fmt::format("Energy constants\n  {:<31} {:>9} {:>9} {:>9} {:<4} {}\n", "", "low",
                                 "nominal", "high", "unit", "node");
  for (const EnergyConstant& c : kEnergyConstants) {
    const double nominal = config.energy.*c.value;
    text += fmt::format("  {:<31} {:>9.4g} {:>9.4g} {:>9.4g} {:<4} {}\n      {}\n      {}\n", c.key,
                        nominal * c.low, nominal, nominal * c.high, c.unit, c.node, c.covers, c.source);
  }
  return text;
}

}  // namespace pim::sim
