#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tlm/trace/wave_trace.h"

namespace pim {

/// A GTKWave save file that shows a waveform as people want it: signals in groups, coloured by what they
/// tell, values by name, the window from edge to edge. `directory` is where the waveform, the save
/// file (of the same name) and waveNameFiles() lie: an absolute path, so that GTKWave finds them from any
/// working directory, and finds them beside the save file where the folder was moved.
std::string gtkwText(const std::vector<WaveSignal>& signals, Picoseconds from, Picoseconds to,
                     const std::string& vcdFile, const std::string& directory);

/// The files that translate values to names: name and text of each.
std::vector<std::pair<std::string, std::string>> waveNameFiles();

}  // namespace pim
