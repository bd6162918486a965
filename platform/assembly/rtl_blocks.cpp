#include "platform/assembly/rtl_blocks.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/error.h"
#include "platform/assembly/chip_parameters.h"

namespace pim::platform {
namespace {

/// Returns the selected bank, numbered through all dies; nothing if all banks are selected.
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

void requireSupported(const std::string& unsupportedReason, const char* key) {
  if (!unsupportedReason.empty()) throw UserError(fmt::format("{} (required by {})", unsupportedReason, key));
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

MakeBankInterposer RtlBlocks::banks(std::uint32_t die) const {
  const auto factory = m_options.rtl.bank;
  if (!wanted("rtl.banks", m_config.rtl.banks, factory != nullptr)) return {};
  const std::uint64_t selected = rtlBanksOf(m_config, die);
  requireSupported(factory->unsupportedReason({bankParameters(m_config, true), die, 0}), "rtl.banks");
  return [=, banks = *this](const BankParameters& parameters,
                            std::uint32_t bank) -> std::unique_ptr<BankInterposer> {
    if ((selected >> bank & 1) == 0) return nullptr;
    return factory->make({parameters, die, bank},
                         banks.place(fmt::format("die{}.bank{}", die, bank), banks.m_config.rtl.banks));
  };
}

std::unique_ptr<DieEngine> RtlBlocks::die(const DieParameters& die) const {
  const auto& factory = m_options.rtl.die;
  if (!wanted("rtl.dies", m_config.rtl.dies, factory != nullptr)) return nullptr;
  if (m_config.dram.activationLimit != DramActivationLimit::Off)
    throw UserError("dram.activation_limit: expected off (required by rtl.dies)");
  const RtlDieParameters parameters{die.timing, die.banks, die.ramBytes};
  requireSupported(factory->unsupportedReason(parameters), "rtl.dies");
  return factory->make(parameters, place(fmt::format("die{}", die.die.value()), m_config.rtl.dies));
}

std::unique_ptr<AluEngine> RtlBlocks::alus(const ControllerParameters& controller) const {
  const auto& factory = m_options.rtl.alu;
  if (!wanted("rtl.alus", m_config.rtl.alus, factory != nullptr)) return nullptr;
  const RtlAluParameters parameters{controller.memory, controller.alus.clock};
  requireSupported(factory->unsupportedReason(parameters), "rtl.alus");
  return factory->make(parameters, place("alu", m_config.rtl.alus));
}

bool RtlBlocks::wanted(const char* key, Fidelity fidelity, bool linked) const {
  if (fidelity == Fidelity::kTlm) return false;
  if (!linked)
    throw UserError(fmt::format("{}: expected tlm; rtl and check need a build with Verilator", key));
  if (!m_options.functional) throw UserError(fmt::format("{}: expected tlm in a run without data", key));
  return true;
}

/// Returns the block's name and the file for the waveform of a mismatch. The file goes to the working
/// directory unless another one is set.
RtlPlace RtlBlocks::place(const std::string& block, Fidelity fidelity) const {
  const std::string& directory = m_options.mismatchDirectory;
  return {block, fidelity == Fidelity::kCheck,
          (directory.empty() ? "" : directory + "/") + "mismatch." + block + ".vcd", m_options.activity};
}

}  // namespace pim::platform
