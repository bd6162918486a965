#pragma once

#include <memory>
#include <string>

#include "core/operations/alu_engine.h"
#include "platform/config/config.h"

namespace pim::platform {

/// What rtl.alus puts in place of the ALUs' model; null where that is to be used. Throws UserError in runs
/// without data. `mismatchDirectory`: where the waveform of a mismatch goes; empty: the working directory.
std::unique_ptr<AluEngine> rtlAlus(const Config& config, bool functional,
                                   const std::string& mismatchDirectory);

}  // namespace pim::platform
