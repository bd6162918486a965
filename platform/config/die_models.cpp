#include "platform/config/die_models.h"

#include <set>

namespace pim::platform {
namespace {

std::set<std::string>& names() {
  static std::set<std::string> all{kOwnDie};
  return all;
}

}  // namespace

void addDieModel(const std::string& name) {
  names().insert(name);
}

std::vector<std::string> dieModels() {
  return {names().begin(), names().end()};
}

}  // namespace pim::platform
