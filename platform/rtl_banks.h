#pragma once

#include "platform/config/config.h"
#include "tlm/bank_interposer.h"

namespace pim::platform {

/// What rtl.banks and rtl.bank_select put between die `die` and its banks; empty where all of them are TLM.
/// Throws UserError where the RTL cannot be such a bank, where there is no such bank, and in runs without
/// data.
MakeBankInterposer rtlBanks(const Config& config, bool functional, std::uint32_t die);

}  // namespace pim::platform
