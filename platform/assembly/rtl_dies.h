#pragma once

#include <memory>
#include <string>

#include "core/link/die_engine.h"
#include "platform/config/config.h"
#include "tlm/die/die_interconnect.h"

namespace pim::platform {

/// What rtl.dies puts in place of a die's model, or beside it; null where the model is alone. Throws
/// UserError where the RTL cannot be such a die, and in runs without data. `mismatchDirectory`: where the
/// waveform of a mismatch goes; empty: the working directory.
std::unique_ptr<DieEngine> rtlDie(const Config& config, bool functional, const DieParameters& die,
                                  const std::string& mismatchDirectory);

}  // namespace pim::platform
