#pragma once

#include <string>

#include "tests/sim/commands/pimtlm.h"

namespace pim::cli {

/// Text and logits with the RV32 core are the native core's; `words`: options of generate.
void expectSameTextOnBothCores(const Words& words);

}  // namespace pim::cli
