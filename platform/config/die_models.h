#pragma once

#include <string>
#include <vector>

namespace pim::platform {

/// The die of this project, which `die.model` names by default.
constexpr const char* kOwnDie = "pim";

/// Makes `name` a legal value of `die.model` in configurations that are loaded from now on. registerDie()
/// (platform/assembly/die_factory.h) does it together with the factory of that die.
void addDieModel(const std::string& name);

/// The legal values of `die.model`, sorted.
std::vector<std::string> dieModels();

}  // namespace pim::platform
