#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/energy/energy_constants.h"
#include "core/observe/statistics.h"

namespace pim {

/// The parts of the chip's energy.
enum class EnergyPart : std::uint8_t {
  ActivatePrecharge,
  ColumnAccess,
  Mac,
  Bram,
  DieRam,
  Links,
  Cram,
  Cmem,
  External,
  Alus,
  Refresh,
  Standby,  ///< of the banks
  Static,   ///< of Controller, core and links
};
constexpr std::size_t kEnergyParts = 13;
const char* energyPartName(EnergyPart part);

struct Energy {
  std::array<double, kEnergyParts> joules{};

  double total() const;
};

/// The properties of a chip on which its energy depends, in addition to its counters.
struct EnergyScope {
  double banks = 0;
  double links = 0;
  double rowsPerBank = 0;
  double refreshIntervalSeconds = 0;  ///< tREFI; 0: no refresh
};

/// Computes the energy from the counters of `seconds` of simulated time. Standby and static power count for
/// the whole time. A bank is in active standby while a command works in it. The time for which a row stays
/// open after the last command, until the next refresh, is not counted. Each refresh of a bank opens and
/// closes the rows that are due every tREFI.
Energy energyOf(const Counters& counters, double seconds, const EnergyConfig& constants,
                const EnergyScope& scope);

/// Returns the power of an idle chip in watts: standby of precharged banks and static power.
double idlePower(const EnergyConfig& constants, const EnergyScope& scope);

}  // namespace pim
