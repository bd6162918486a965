#pragma once

#include <string>
#include <vector>

#include "platform/config/config.h"
#include "tlm/trace/wave_profile.h"
#include "tlm/trace/wave_trace.h"

namespace pim::platform {

/// Names of the trace profiles built into the executable, sorted.
std::vector<std::string> waveProfileNames();

/// A trace profile built into the executable, or read from a file where `nameOrPath` ends in .yaml or .yml;
/// its keys: docs/waveforms.md. Everything wrong with it, and every die or bank that the chip does not have,
/// is a UserError of one line.
WaveProfile loadWaveProfile(const std::string& nameOrPath, const Config& config);

/// What waveforms have to know of the chip of a configuration.
WaveChip waveChip(const Config& config);

}  // namespace pim::platform
