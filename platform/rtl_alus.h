#pragma once

#include <memory>

#include "platform/config/config.h"
#include "tlm/core/command/alu_engine.h"

namespace pim::platform {

/// What rtl.alus puts in place of the ALUs' model; null where that is to be used. Throws UserError in runs
/// without data.
std::unique_ptr<AluEngine> rtlAlus(const Config& config, bool functional);

}  // namespace pim::platform
