#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tlm/trace/wave_trace.h"

namespace pim {

/// Returns a GTKWave save file that shows a waveform in a readable form: signals in groups, coloured by their
/// kind, values by name, zoomed to the window. `directory` contains the waveform, the save file (of the same
/// name) and waveNameFiles(). It is an absolute path, so that GTKWave finds them from any working directory,
/// and beside the save file if the folder was moved.
std::string gtkwText(const std::vector<WaveSignal>& signals, Picoseconds from, Picoseconds to,
                     const std::string& vcdFile, const std::string& directory);

/// Returns the files that translate values to names: name and text of each. `program`: WaveChip::program.
std::vector<std::pair<std::string, std::string>> waveNameFiles(const riscv::ElfImage* program);

}  // namespace pim
