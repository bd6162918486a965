#pragma once

#include <string>
#include <vector>

#include "platform/config/config.h"
#include "tlm/trace/wave_profile.h"
#include "tlm/trace/wave_trace.h"

namespace pim::platform {

/// Returns the names of the trace profiles built into the executable, sorted.
std::vector<std::string> waveProfileNames();

/// Loads a trace profile: a built-in one, or a file if `nameOrPath` ends in .yaml or .yml (keys:
/// docs/waveforms.md). Throws a UserError of one line for any mistake in it and for dies or banks that the
/// chip does not have.
WaveProfile loadWaveProfile(const std::string& nameOrPath, const Config& config);

/// Returns the properties of a chip that waveforms need.
WaveChip waveChip(const Config& config);

}  // namespace pim::platform
