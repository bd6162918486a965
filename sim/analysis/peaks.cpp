#include "sim/analysis/peaks.h"

namespace pim::sim {

Peaks peaks(const platform::Config& config) {
  const double banks = config.chip.banks();
  Peaks result;
  result.bankGbps = config.dram.columnBytes / config.dram.tCcdNs;
  result.banksGbps = banks * result.bankGbps;
  result.linksGbps = config.chip.dies * config.link.bandwidthGbps;
  result.controllerGbps = config.controller.memoryBandwidthGbps;
  result.macGops = 2 * banks * config.bank.macLanes / config.bank.macClockNs;
  result.aluGops = config.controller.aluLanes / config.controller.aluClockNs;
  return result;
}

nlohmann::ordered_json toJson(const Peaks& peaks) {
  return {{"bank_gbps", peaks.bankGbps},   {"chip_gbps", peaks.banksGbps},
          {"links_gbps", peaks.linksGbps}, {"controller_gbps", peaks.controllerGbps},
          {"mac_gops", peaks.macGops},     {"alu_gops", peaks.aluGops}};
}

}  // namespace pim::sim
