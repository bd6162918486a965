#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/energy/energy_constants.h"
#include "core/observe/statistics.h"

namespace pim {

/// Where energy goes.
enum class EnergyPart : std::uint8_t {
  ActivatePrecharge,
  ColumnAccess,
  Mac,
  Bram,
  DieRam,
  Links,
  Cram,
  Cmem,
  Alus,
  Refresh,
  Standby,  ///< of the banks
  Static,   ///< of Controller, core and links
};
constexpr std::size_t kEnergyParts = 12;
const char* energyPartName(EnergyPart part);

struct Energy {
  std::array<double, kEnergyParts> joules{};

  double total() const;
};

/// What of a chip its energy depends on, beside what is counted.
struct EnergyScope {
  double banks = 0;
  double links = 0;
  double rowsPerBank = 0;
  double refreshIntervalSeconds = 0;  ///< tREFI; 0: no refresh
};

/// Energy of what was counted in `seconds` of simulated time. Standby and static power count for all of the
/// time. A bank is in active standby while a command works in it; that a row stays open behind its last
/// command, until the next refresh, is left out. Each refresh of a bank opens and closes the rows that are
/// due every tREFI.
Energy energyOf(const Counters& counters, double seconds, const EnergyConfig& constants,
                const EnergyScope& scope);

/// Power of a chip that does nothing, in watts: standby of precharged banks and what is static.
double idlePower(const EnergyConfig& constants, const EnergyScope& scope);

}  // namespace pim
