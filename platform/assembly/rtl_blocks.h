#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "platform/assembly/chip.h"

namespace pim::platform {

/// The banks of die `die` (bit mask) that rtl.banks and rtl.bank_select are about; 0 where they are TLM.
/// Throws UserError where there is no such bank.
std::uint64_t rtlBanksOf(const Config& config, std::uint32_t die);

/// The RTL that rtl.* put into a chip. Each member returns null where the model is alone, and throws
/// UserError where this build has no RTL of the block, where the RTL cannot be such a block, and in runs
/// without data.
class RtlBlocks {
 public:
  /// Both outlive it.
  RtlBlocks(const Config& config, const ChipOptions& options) : m_config(config), m_options(options) {}

  /// Between die `die` and its banks.
  MakeBankInterposer banks(std::uint32_t die) const;
  std::unique_ptr<DieEngine> die(const DieParameters& die) const;
  std::unique_ptr<AluEngine> alus(const ControllerParameters& controller) const;

 private:
  /// Whether `key`, whose value is `fidelity`, asks for RTL that can be had.
  bool wanted(const char* key, Fidelity fidelity, bool linked) const;
  RtlPlace place(const std::string& block, Fidelity fidelity) const;

  const Config& m_config;
  const ChipOptions& m_options;
};

}  // namespace pim::platform
