#pragma once

#include <string>
#include <vector>

namespace pim::platform {

/// The default of `die.model`: the die of this project.
constexpr const char* kOwnDie = "pim";

/// Adds `name` to the valid values of `die.model` in configurations that are loaded later. registerDie()
/// (platform/assembly/die_factory.h) calls it when it registers the factory of that die.
void addDieModel(const std::string& name);

/// Returns the valid values of `die.model`, sorted.
std::vector<std::string> dieModels();

}  // namespace pim::platform
