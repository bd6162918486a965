#pragma once

#include <array>
#include <cstdint>

namespace pim {

/// Energy per event, and idle power, nominal. kEnergyConstants states the source and the range of each.
struct EnergyConfig {
  double activatePrechargeNj{};         ///< one row of one bank opened and closed
  double columnReadPj{};                ///< one column, from the cells to the die's edge
  double columnWritePj{};               ///< one column from the die's edge to the cells
  double columnMacPj{};                 ///< one column from the cells to the MAC array
  double macOperationPj{};              ///< one 4 x 16 bit multiply-accumulate
  double refreshWindowMs{};             ///< every row is refreshed once in this time
  double prechargedStandbyMwPerBank{};  ///< while no command works in the bank
  double activeStandbyMwPerBank{};      ///< while a command works in it
  double bramPjPerBit{};
  double dieRamPjPerBit{};
  double linkPjPerBit{};
  double cramPjPerBit{};
  double cmemPjPerBit{};
  double externalPjPerBit{};
  double aluElementPj{};        ///< one 32-bit operand through an ALU
  double controllerStaticMw{};  ///< clock tree and leakage of the Controller without its core
  double firmwareCoreMw{};
  double linkPhyMw{};  ///< pads and clocks of one idle link
};

/// One constant: its scope, source and range.
struct EnergyConstant {
  const char* key;  ///< below `energy` in YAML
  double EnergyConfig::*value;
  const char* unit;
  double low;   ///< lower limit, as a factor of the nominal value, whatever its setting
  double high;  ///< upper limit
  const char* node;
  const char* covers;
  const char* source;  ///< docs/sources.md has the titles
};

constexpr std::size_t kEnergyConstantCount = 18;
/// All constants, in the order in which they are printed.
extern const std::array<EnergyConstant, kEnergyConstantCount> kEnergyConstants;

/// The end of the range, for all constants.
enum class EnergyCase : std::uint8_t { Low, Nominal, High };
constexpr std::array<EnergyCase, 3> kEnergyCases = {EnergyCase::Low, EnergyCase::Nominal, EnergyCase::High};
const char* energyCaseName(EnergyCase which);

/// Returns all constants at one end of their ranges.
EnergyConfig energyAt(const EnergyConfig& nominal, EnergyCase which);

}  // namespace pim
