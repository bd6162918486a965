#pragma once

#include <string>

#include "platform/config/config.h"
#include "tlm/bank/bank_interposer.h"

namespace pim::platform {

/// The banks of die `die` (bit mask) that rtl.banks and rtl.bank_select are about; 0 where they are TLM.
/// Throws UserError where there is no such bank.
std::uint64_t rtlBanksOf(const Config& config, std::uint32_t die);

/// What rtl.banks and rtl.bank_select put between die `die` and its banks; empty where all of them are TLM.
/// Throws UserError where the RTL cannot be such a bank, where there is no such bank, and in runs without
/// data. `mismatchDirectory`: where waveforms of mismatches go; empty: the working directory.
MakeBankInterposer rtlBanks(const Config& config, bool functional, std::uint32_t die,
                            const std::string& mismatchDirectory);

}  // namespace pim::platform
