#pragma once

#include <string>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {

/// Text and logits with the RV32 core are the native core's; `words`: options of generate.
void expectSameTextOnBothCores(const Words& words);

/// The native core tells the RV32 core's time of decode tokens: within 2 % of what the firmware takes and 0.2
/// % of a token. A model that does not fit is left out. Returns whether it fits.
bool expectSameTimeOnBothCores(const std::string& preset, const std::string& model, unsigned context);

}  // namespace pim::cli
