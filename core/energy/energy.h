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
  ControllerMemory,
  Alus,
  Refresh,
  Standby,
};
constexpr std::size_t kEnergyParts = 10;
const char* energyPartName(EnergyPart part);

struct Energy {
  std::array<double, kEnergyParts> joules{};

  double total() const;
};

/// Energy of what was counted in `seconds` of simulated time by a chip of `banks` banks. Standby counts for
/// all banks and all of the time.
Energy energyOf(const Counters& counters, double seconds, const EnergyConfig& constants, double banks);

}  // namespace pim
