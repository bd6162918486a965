#pragma once

#include <nlohmann/json.hpp>

#include "core/energy/energy.h"
#include "sim/analysis/metrics.h"

namespace pim::sim {

/// Returns the properties of a configured chip on which its energy depends.
EnergyScope energyScope(const platform::Config& config);

/// Returns the energy of all tokens of a stage, with every constant at the same end of its range.
Energy stageEnergy(const Stage& stage, const platform::Config& config,
                   EnergyCase which = EnergyCase::Nominal);

/// Returns `energy` of a result: per token, nominal and at both ends of the range.
nlohmann::ordered_json energyJson(const Stage& stage, const platform::Config& config);

/// Returns every constant with its range, process node, scope and source.
nlohmann::ordered_json energyConstantsJson(const platform::Config& config);
std::string energyConstantsTable(const platform::Config& config);

}  // namespace pim::sim
