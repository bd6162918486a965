#include "sim/analysis/area.h"

#include <algorithm>
#include <cmath>

#include "sim/analysis/area_fits.h"

namespace pim::sim {
namespace {

constexpr double kMm2PerUm2 = 1e-6;
constexpr double kBitsPerKib = 8 * 1024;

/// A range as factors of the nominal value.
struct Range {
  double low, high;

  double at(AreaCase which) const {
    return which == AreaCase::kLow ? low : which == AreaCase::kHigh ? high : 1;
  }
};
/// The nominal process has 32 nm. The range is from 20 nm, (20 / 32)^2, to 45 nm, 0.798 / 0.40 um2.
constexpr Range kLogic{0.39, 2.0};
/// From a cell at 22 nm (0.092 um2, 70 % of a macro) to one at 45 nm (0.346 um2, 50 %), relative to 0.285
/// um2.
constexpr Range kSram{0.46, 2.43};

double nand2(const AreaFit& fit, double size, AreaCase which) {
  const double area = fit.base + fit.slope * (fit.logarithmic ? std::log2(size) : size);
  const double error = which == AreaCase::kLow ? -fit.error : which == AreaCase::kHigh ? fit.error : 0;
  return std::max(0.0, area) * (1 + error);
}

double bits(const MemoryFit& fit, double size) {
  return std::max(0.0, fit.base + fit.slope * size);
}

}  // namespace

Area areaOf(const platform::Config& config, AreaCase which) {
  const double gate = config.area.nand2Um2 * kLogic.at(which) * kMm2PerUm2;
  const double bit = config.area.sramUm2PerBit * kSram.at(which) * kMm2PerUm2;
  const double banks = config.chip.banks(), dies = config.chip.dies;
  const double lanes = config.bank.macLanes, aluLanes = config.controller.aluLanes;
  const double bramWords = static_cast<double>(config.bank.bramBytes()) / 4;

  Area area;
  area.bankLogic = banks * gate *
                   (nand2(kMacArea, lanes, which) + nand2(kBramArea, bramWords, which) +
                    kSoftmaxLaneNand2 * config.bank.softmaxLanes + kRestOfBankNand2);
  area.bankSram = banks * bit * (kBitsPerKib * config.bank.bramKib + bits(kMacMemory, lanes));
  area.dieLogic = dies * gate * nand2(kDieArea, config.chip.banksPerDie, which);
  area.dieSram = dies * bit * kBitsPerKib * config.die.ramKib;
  area.aluLogic = gate * nand2(kAluArea, aluLanes, which);
  area.aluSram = bit * bits(kAluMemory, aluLanes);
  area.cramSram = bit * kBitsPerKib * config.controller.cramKib;
  return area;
}

}  // namespace pim::sim
