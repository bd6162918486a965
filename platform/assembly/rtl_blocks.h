#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "platform/assembly/chip.h"

namespace pim::platform {

/// Returns the banks of die `die` (bit mask) that rtl.banks and rtl.bank_select put in RTL; 0 if all are TLM.
/// Throws a UserError if there is no such bank.
std::uint64_t rtlBanksOf(const Config& config, std::uint32_t die);

/// Makes the RTL blocks that rtl.* select for a chip. Each member returns null if the block is the model
/// alone. Throws a UserError if this build has no RTL of the block, if the RTL does not support the
/// configuration, and in runs without data.
class RtlBlocks {
 public:
  /// Both arguments outlive the object.
  RtlBlocks(const Config& config, const ChipOptions& options) : m_config(config), m_options(options) {}

  /// Returns the function that makes the modules between die `die` and its banks.
  MakeBankInterposer banks(std::uint32_t die) const;
  std::unique_ptr<DieEngine> die(const DieParameters& die) const;
  std::unique_ptr<AluEngine> alus(const ControllerParameters& controller) const;

 private:
  /// Returns whether `key`, whose value is `fidelity`, selects RTL. UserError if that is impossible.
  bool wanted(const char* key, Fidelity fidelity, bool linked) const;
  RtlPlace place(const std::string& block, Fidelity fidelity) const;

  const Config& m_config;
  const ChipOptions& m_options;
};

}  // namespace pim::platform
