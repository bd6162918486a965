#pragma once

#include <array>
#include <cstdint>

namespace pim {

/// Energy of single events and the power of doing nothing, nominal. kEnergyConstants says where each comes
/// from and how far it may be off.
struct EnergyConfig {
  double activatePrechargeNj{};         ///< one row of one bank opened and closed
  double columnReadPj{};                ///< one column from the cells to the die's edge
  double columnWritePj{};               ///< one column from the die's edge to the cells
  double columnMacPj{};                 ///< one column from the cells to the MAC array
  double macOperationPj{};              ///< one 4 x 16 bit multiply-accumulate
  double refreshWindowMs{};             ///< every row is refreshed once in this time
  double prechargedStandbyMwPerBank{};  ///< while no command works in the bank
  double activeStandbyMwPerBank{};      ///< while one does
  double bramPjPerBit{};
  double dieRamPjPerBit{};
  double linkPjPerBit{};
  double cramPjPerBit{};
  double cmemPjPerBit{};
  double aluElementPj{};        ///< one 32-bit operand through an ALU
  double controllerStaticMw{};  ///< clock tree and leakage of the Controller without its core
  double firmwareCoreMw{};
  double linkPhyMw{};  ///< one link's pads and clocks, moving nothing
};

/// One constant: what it covers, where it comes from, and the range in which it lies.
struct EnergyConstant {
  const char* key;  ///< below `energy` in YAML
  double EnergyConfig::*value;
  const char* unit;
  double low;   ///< where energy is lowest, as a share of the nominal value, whatever that is set to
  double high;  ///< where it is highest
  const char* node;
  const char* covers;
  const char* source;  ///< docs/sources.md has the titles
};

constexpr std::size_t kEnergyConstantCount = 17;
/// In the order in which they are printed.
extern const std::array<EnergyConstant, kEnergyConstantCount> kEnergyConstants;

/// Which end of the range of every constant.
enum class EnergyCase : std::uint8_t { Low, Nominal, High };
constexpr std::array<EnergyCase, 3> kEnergyCases = {EnergyCase::Low, EnergyCase::Nominal, EnergyCase::High};
const char* energyCaseName(EnergyCase which);

/// All constants at one end of their ranges.
EnergyConfig energyAt(const EnergyConfig& nominal, EnergyCase which);

}  // namespace pim
