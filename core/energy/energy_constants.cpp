#include "core/energy/energy_constants.h"

namespace pim {
namespace {

// Logic and SRAM of all dies use the figures of a planar 32 nm process at 0.9 V, as an estimate of the logic
// of a DRAM process of the 20 nm class. The range is from 20 nm at 0.9 V to 45 nm at 1.0 V. Energy is scaled
// from published figures at 45 nm with the polynomials of Stillmaker and Baas: 45 : 32 : 20 nm = 1 : 0.531 :
// 0.233 (tests/core/energy recomputes it).
constexpr double kLogicLow = 0.44;
constexpr double kLogicHigh = 1.88;
constexpr const char* kLogicNode = "32 nm (20 to 45)";

// Error of power calculators of data sheets, compared with measured devices.
constexpr double kDramLow = 0.7;
constexpr double kDramHigh = 1.3;
constexpr const char* kDramNode = "GDDR6, 1y nm";

// An estimate without a source: a factor of three in both directions.
constexpr double kChoiceLow = 0.33;
constexpr double kChoiceHigh = 3;

}  // namespace

const std::array<EnergyConstant, kEnergyConstantCount> kEnergyConstants{{
    {"activate_precharge_nj", &EnergyConfig::activatePrechargeNj, "nJ", kDramLow, kDramHigh, kDramNode,
     "A row opened and closed", "CENT's power calculator: ACT 66.3 mW over tRC = 44.5 ns. Range: Ghose 2018"},
    {"column_read_pj", &EnergyConfig::columnReadPj, "pJ", kDramLow, kDramHigh, kDramNode,
     "A column from the cells to the die's edge", "CENT's power calculator: 2.14 pJ/bit. Range: Ghose 2018"},
    {"column_write_pj", &EnergyConfig::columnWritePj, "pJ", kDramLow, kDramHigh, kDramNode,
     "A column from the die's edge to the cells", "CENT's power calculator: 2.70 pJ/bit. Range: Ghose 2018"},
    {"column_mac_pj", &EnergyConfig::columnMacPj, "pJ", 0.6, 2.25, kDramNode,
     "A column from the cells to the MAC array",
     "CENT: an all-bank MAC takes 0.32 pJ/bit (code) to 0.6 (paper; IANUS: three times a read); less 16 BF16 "
     "products (13 pJ) and a 32-byte operand (12 pJ)"},
    {"mac_operation_pj", &EnergyConfig::macOperationPj, "pJ", kLogicLow, kLogicHigh, kLogicNode,
     "A 4 x 16 bit product and its addition to a 64-bit sum",
     "Horowitz 2014, 45 nm: an 8 x 8 bit multiply 0.2 and twice a 32-bit add 0.1; scaled by Stillmaker 2017. "
     "No figure "
     "for a DRAM process is published"},
    {"refresh_window_ms", &EnergyConfig::refreshWindowMs, "ms", 2, 1, kDramNode,
     "Every row is opened and closed once in this time",
     "GDDR6 (JESD250): 32 ms; low: twice as long, as at 45 degrees"},
    {"precharged_standby_mw_per_bank", &EnergyConfig::prechargedStandbyMwPerBank, "mW", kDramLow, kDramHigh,
     kDramNode, "A bank in which no command works",
     "CENT's power calculator: precharge standby 183.15 mW for 16 banks. Range: Ghose 2018"},
    {"active_standby_mw_per_bank", &EnergyConfig::activeStandbyMwPerBank, "mW", kDramLow, kDramHigh,
     kDramNode, "A bank in which a command works",
     "CENT's power calculator: active standby 263.75 mW for 16 banks. Range: Ghose 2018"},
    {"bram_pj_per_bit", &EnergyConfig::bramPjPerBit, "pJ", kLogicLow, kLogicHigh, kLogicNode,
     "SRAM of 64 KiB: operands, results, broadcasts",
     "Horowitz 2014, 45 nm: 20 pJ per 64 bits at 32 KiB, 100 at 1 MiB, 27.6 between; scaled by Stillmaker "
     "2017. "
     "TPUv4i, 7 nm: 0.13 at 32 KiB"},
    {"die_ram_pj_per_bit", &EnergyConfig::dieRamPjPerBit, "pJ", kLogicLow, kLogicHigh, kLogicNode,
     "SRAM of 64 KiB: everything that passes between link and banks, in and out", "As bram_pj_per_bit"},
    {"link_pj_per_bit", &EnergyConfig::linkPjPerBit, "pJ", 0.5, 2, "package",
     "A bit between Controller and die",
     "UCIe 1.0, advanced package: target 0.25 to 0.5; on a board, CENT: 5.5"},
    {"cram_pj_per_bit", &EnergyConfig::cramPjPerBit, "pJ", kLogicLow, kLogicHigh, kLogicNode,
     "SRAM of 256 KiB: ALUs, transfers, descriptors",
     "Horowitz 2014, 45 nm: 52.5 pJ per 64 bits between 32 KiB and 1 MiB; scaled by Stillmaker 2017"},
    {"cmem_pj_per_bit", &EnergyConfig::cmemPjPerBit, "pJ", 0.75, 1.5, "DRAM on the package",
     "DRAM: ALUs and transfers, rows and interface included",
     "O'Connor 2017: HBM2 3.9 pJ/bit; LPDDR on the package about as much, on a board 6"},
    {"external_pj_per_bit", &EnergyConfig::externalPjPerBit, "pJ", 0.67, 2.33, "DRAM on a board",
     "DRAM outside the package: activations, rows and interface included",
     "O'Connor 2017, as cmem_pj_per_bit: LPDDR on a board 6; high: GDDR5, 14"},
    {"alu_element_pj", &EnergyConfig::aluElementPj, "pJ", kLogicLow, kLogicHigh, kLogicNode,
     "A 32-bit operand through an ALU",
     "Horowitz 2014, 45 nm: a 32-bit multiply 3.1 and add 0.1; scaled by Stillmaker 2017"},
    {"controller_static_mw", &EnergyConfig::controllerStaticMw, "mW", kChoiceLow, kChoiceHigh, kLogicNode,
     "Clock tree and leakage of the Controller's ALUs and SRAM, always", "Choice: sweep it"},
    {"firmware_core_mw", &EnergyConfig::firmwareCoreMw, "mW", kChoiceLow, kChoiceHigh, kLogicNode,
     "The firmware's core, always", "Choice: a small in-order core at 1 GHz, 5 pJ per cycle; sweep it"},
    {"link_phy_mw", &EnergyConfig::linkPhyMw, "mW", kChoiceLow, kChoiceHigh, "package",
     "One link's pads and clocks, always",
     "Choice: a fifth of what the link takes at full rate, 32 GB/s x 0.5 pJ/bit = 128 mW"},
}};

const char* energyCaseName(EnergyCase which) {
  return which == EnergyCase::Low ? "low" : which == EnergyCase::High ? "high" : "nominal";
}

EnergyConfig energyAt(const EnergyConfig& nominal, EnergyCase which) {
  EnergyConfig config = nominal;
  if (which == EnergyCase::Nominal) return config;
  for (const EnergyConstant& constant : kEnergyConstants)
    config.*constant.value *= which == EnergyCase::Low ? constant.low : constant.high;
  return config;
}

}  // namespace pim
