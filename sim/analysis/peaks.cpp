#include "sim/analysis/peaks.h"

#include <algorithm>

namespace pim::sim {

Peaks peaks(const platform::Config& config) {
  const double banks = config.chip.banks();
  Peaks result;
  result.bankGbPerS = config.dram.columnBytes / config.dram.tCcdNs;
  result.banksGbPerS = banks * result.bankGbPerS;
  result.linksGbPerS = config.chip.dies * config.link.bandwidthGbPerS;
  const double port = config.controller.cramPortBytes / config.controller.aluClockNs;  // bytes per ns
  result.controllerGbPerS = std::min(config.controller.memoryBandwidthGbPerS, port);
  result.macGops = 2 * banks * config.bank.macLanes / config.bank.macClockNs;
  result.aluGops = config.controller.aluLanes / config.controller.aluClockNs;
  return result;
}

nlohmann::ordered_json toJson(const Peaks& peaks) {
  return {{"bank_gb_per_s", peaks.bankGbPerS},   {"chip_gb_per_s", peaks.banksGbPerS},
          {"links_gb_per_s", peaks.linksGbPerS}, {"controller_gb_per_s", peaks.controllerGbPerS},
          {"mac_gops", peaks.macGops},           {"alu_gops", peaks.aluGops}};
}

}  // namespace pim::sim
