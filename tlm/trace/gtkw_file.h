#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tlm/trace/wave_trace.h"

namespace pim {

/// A GTKWave save file that shows a waveform as people want it: signals in groups, coloured by what they
/// tell, values by name, the window from edge to edge. `directory` is where waveNameFiles() lie: GTKWave
/// looks for them from its own working directory, so it should be absolute.
std::string gtkwText(const std::vector<WaveSignal>& signals, Picoseconds from, Picoseconds to,
                     const std::string& vcdFile, const std::string& directory);

/// The files that translate values to names: name and text of each.
std::vector<std::pair<std::string, std::string>> waveNameFiles();

}  // namespace pim
