#pragma once

#include <array>
#include <map>
#include <string>

#include "platform/config/config.h"
#include "tlm/core/statistics.h"

namespace pim::sim {

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

/// Energy of what was counted in `seconds` of simulated time. Standby counts for all banks and all of the
/// time.
Energy energyOf(const Counters& counters, double seconds, const platform::Config& config);

/// Key of each constant and where its value comes from.
std::map<std::string, std::string> energySources(const platform::Config& config);

}  // namespace pim::sim
