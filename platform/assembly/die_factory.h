#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/config/die_models.h"
#include "tlm/bank/bank_interposer.h"
#include "tlm/die/die.h"

namespace pim::platform {

/// What a die is built from. References are valid during the call only, but for `statistics`, which outlives
/// the die.
struct DieOrder {
  std::string name;  ///< of the SystemC module
  const DieParameters& die;
  const BankParameters& bank;
  Statistics& statistics;
  const Wiring& wiring;                   ///< observers, threads, probes
  const MakeBankInterposer& interposers;  ///< makes what stands before each bank (RTL); may be empty
};

using DieFactory = std::function<std::unique_ptr<DieModule>(const DieOrder&)>;

/// Makes `die.model: NAME` build dies with `factory`, which replaces an earlier one of that name. Call it
/// before the configuration is loaded, for example at the begin of sc_main(): an unknown name is refused with
/// it.
void registerDie(const std::string& name, DieFactory factory);

/// Throws a UserError that names the key and what was expected for a model that nobody registered.
std::unique_ptr<DieModule> makeDie(const std::string& model, const DieOrder& order);

}  // namespace pim::platform
