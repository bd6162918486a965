#pragma once

#include <string>
#include <vector>

#include "tlm/trace/wave_trace.h"

namespace pim {

/// Writes a stretch as VCD in picoseconds. Runs a separate SystemC simulation that takes each change at its
/// annotated time and traces with sc_trace. The chip's own simulation must have been destroyed.
///
/// The bytes of the file depend only on the stretch and the version of SystemC. The file appears under its
/// name only when it is complete. Throws std::runtime_error with a reason if it cannot be written.
void writeVcd(const std::string& path, const std::vector<WaveSignal>& signals, const WaveStretch& stretch);

/// Writes the same to an unfinished file, whose name ends in .vcd.
void writeVcdInto(const std::string& part, const std::vector<WaveSignal>& signals,
                  const WaveStretch& stretch);

}  // namespace pim
