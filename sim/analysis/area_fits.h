// clang-format off
// Made by scripts/area_fit.py of rtl_ref/evidence/area_fit.json: areas of synthesized RTL in NAND2 equivalents.
#pragma once

namespace pim::sim {

/// Area of a part over its size: base + slope * size, or * log2(size).
struct AreaFit {
  double base, slope;
  bool logarithmic;
  double error;  ///< largest relative error of a size that the others predict
};
/// Bits of memory inside a part over its size.
struct MemoryFit {
  double base, slope;
};

/// Words of 32 bits of a bank's BRAM; the cells are macros; yosys 0.23, 2026-11-30.
constexpr AreaFit kBramArea{78039.1, 1064.91, true, 0.0002};
/// Lanes of a bank's MAC array; yosys 0.23, 2026-11-30.
constexpr AreaFit kMacArea{48672.0, 7228.25, false, 0.0264};
constexpr MemoryFit kMacMemory{53248.0, 8192.00};
/// Lanes of the Controller's ALU, with a port half as wide; yosys 0.23, 2026-11-30.
constexpr AreaFit kAluArea{149349.1, 100927.33, false, 0.0098};
constexpr MemoryFit kAluMemory{7488.0, 17408.00};
/// Banks of a die; yosys 0.23, 2026-11-30.
constexpr AreaFit kDieArea{48510.4, 1629.24, false, 0.0085};
/// Of a bank beside its MAC array and BRAM: rtl_ref/evidence/area.json, RTL f717981f3e01.
constexpr double kSoftmaxLaneNand2 = 14910.9;
constexpr double kRestOfBankNand2 = 159225.0;

}  // namespace pim::sim
