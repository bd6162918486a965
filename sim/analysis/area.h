#pragma once

#include "platform/config/config.h"

namespace pim::sim {

/// Silicon of a PIM chip without its DRAM cells, in mm2: logic, from the synthesized RTL of this project, and
/// SRAM. Does not include DRAM, pads, the firmware's core, CMEM (a separate DRAM) and wires between blocks.
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

/// Fits of sim/analysis/area_fits.h times area.nand2_um2, and bits times area.sram_um2_per_bit. Ranges:
/// docs/area.md.
Area areaOf(const platform::Config& config, AreaCase which = AreaCase::kNominal);

}  // namespace pim::sim
