#include "platform/assembly/rtl_banks.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/error.h"
#include "platform/assembly/mismatch_file.h"
#ifdef PIM_RTL
#include "platform/assembly/chip_parameters.h"
#include "tlm/rtl/checked_bank.h"
#endif

namespace pim::platform {

namespace {

/// The one bank that is meant, counted through all dies; nothing for all.
std::optional<std::uint32_t> selectedBank(const Config& config) {
  const std::string& select = config.rtl.bankSelect;
  if (select == "all") return std::nullopt;
  for (std::uint32_t bank = 0; bank < config.chip.banks(); ++bank) {
    if (select == fmt::format("die{}.bank{}", bank / config.chip.banksPerDie, bank % config.chip.banksPerDie))
      return bank;
  }
  throw UserError(fmt::format("rtl.bank_select: expected all or die0.bank0 to die{}.bank{}, got {}",
                              config.chip.dies - 1, config.chip.banksPerDie - 1, select));
}

}  // namespace

std::uint64_t rtlBanksOf(const Config& config, std::uint32_t die) {
  if (config.rtl.banks == Fidelity::kTlm) return 0;
  const std::uint32_t banks = config.chip.banksPerDie;
  const std::uint64_t all = banks >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << banks) - 1;
  const std::optional<std::uint32_t> selected = selectedBank(config);
  if (!selected) return all;
  return *selected / banks == die ? std::uint64_t{1} << *selected % banks : 0;
}

#ifdef PIM_RTL
MakeBankInterposer rtlBanks(const Config& config, bool functional, std::uint32_t die,
                            const std::string& mismatchDirectory) {
  if (config.rtl.banks == Fidelity::kTlm) return {};
  if (!functional) throw UserError("rtl.banks: expected tlm in a run without data");
  const std::uint64_t selected = rtlBanksOf(config, die);
  if (const std::string why = whyNoRtlBank(bankParameters(config, functional)); !why.empty())
    throw UserError(why + ", for the sake of rtl.banks");
  const bool compare = config.rtl.banks == Fidelity::kCheck;
  return [=](const BankParameters& parameters, std::uint32_t bank) -> std::unique_ptr<BankInterposer> {
    if ((selected >> bank & 1) == 0) return nullptr;
    const std::string block = fmt::format("die{}.bank{}", die, bank);
    return std::make_unique<CheckedBank>(
        fmt::format("rtl_bank{}", bank).c_str(), parameters, die, bank,
        CheckedBank::Place{block, compare, mismatchFile(mismatchDirectory, block)});
  };
}
#else
MakeBankInterposer rtlBanks(const Config& config, bool, std::uint32_t, const std::string&) {
  if (config.rtl.banks != Fidelity::kTlm)
    throw UserError("rtl.banks: expected tlm; rtl and check: needs the RTL build");
  return {};
}
#endif

}  // namespace pim::platform
