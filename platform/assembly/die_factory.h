#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/config/die_models.h"
#include "tlm/bank/bank_interposer.h"
#include "tlm/die/die.h"

namespace pim::platform {

/// The arguments of a die factory. References are valid during the call only, except `statistics`, which
/// outlives the die.
struct DieOrder {
  std::string name;  ///< of the SystemC module
  const DieParameters& die;
  const BankParameters& bank;
  Statistics& statistics;
  const Wiring& wiring;                   ///< observers, threads, probes
  const MakeBankInterposer& interposers;  ///< makes the module before each bank (RTL); may be empty
};

using DieFactory = std::function<std::unique_ptr<DieModule>(const DieOrder&)>;

/// Registers `factory` for `die.model: NAME`; it replaces an earlier one of that name. Call it before the
/// configuration is loaded, for example at the start of sc_main(), because loading refuses unknown names.
void registerDie(const std::string& name, DieFactory factory);

/// Makes a die of a registered model. For another model, throws a UserError that names the key and the
/// registered models.
std::unique_ptr<DieModule> makeDie(const std::string& model, const DieOrder& order);

}  // namespace pim::platform
