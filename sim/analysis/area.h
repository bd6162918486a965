#pragma once

#include "platform/config/config.h"

namespace pim::sim {

/// Silicon of a PIM chip beside its DRAM cells, in mm2: logic as this project's RTL takes it when it is
/// synthesized, and SRAM. Without DRAM, pads, the firmware's core, CMEM (a DRAM of its own) and wires between
/// blocks.
struct Area {
  double bankLogic = 0;  ///< of all banks: MAC array, softmax unit, control, ports of BRAM
  double bankSram = 0;   ///< of all banks: BRAM, sums and scales of the MAC array
  double dieLogic = 0;   ///< of all dies: interconnect
  double dieSram = 0;    ///< of all dies: DieRAM
  double aluLogic = 0;
  double aluSram = 0;  ///< row buffers
  double cramSram = 0;

  double total() const { return bankLogic + bankSram + dieLogic + dieSram + aluLogic + aluSram + cramSram; }
};

/// Low and high: all constants at the same end of their ranges.
enum class AreaCase { kLow, kNominal, kHigh };

/// Fits of sim/analysis/area_fits.h times area.nand2_um2, bits times area.sram_um2_per_bit. The ranges:
/// docs/area.md.
Area areaOf(const platform::Config& config, AreaCase which = AreaCase::kNominal);

}  // namespace pim::sim
