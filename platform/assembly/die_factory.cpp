#include "platform/assembly/die_factory.h"

#include <fmt/format.h>

#include <map>

#include "core/base/error.h"

namespace pim::platform {
namespace {

std::unique_ptr<DieModule> makeOwnDie(const DieOrder& order) {
  return std::make_unique<Die>(order.name.c_str(), order.die, order.bank, order.statistics, order.wiring,
                               order.interposers);
}

std::map<std::string, DieFactory>& factories() {
  static std::map<std::string, DieFactory> all{{kOwnDie, makeOwnDie}};
  return all;
}

}  // namespace

void registerDie(const std::string& name, DieFactory factory) {
  addDieModel(name);
  factories()[name] = std::move(factory);
}

std::unique_ptr<DieModule> makeDie(const std::string& model, const DieOrder& order) {
  const auto found = factories().find(model);
  if (found == factories().end())
    throw UserError(fmt::format("die.model={}: expected {}", model, fmt::join(dieModels(), " or ")));
  return found->second(order);
}

}  // namespace pim::platform
