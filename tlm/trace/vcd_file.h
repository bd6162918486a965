#pragma once

#include <string>
#include <vector>

#include "tlm/trace/wave_trace.h"

namespace pim {

/// Writes a stretch as VCD in picoseconds: a SystemC simulation of its own that pops each change at its
/// annotated time and traces with sc_trace. The chip's own simulation must be over and gone.
///
/// The file's bytes depend on the stretch and the version of SystemC alone. It appears under its name only
/// when it is whole. Throws std::runtime_error with a reason where it cannot be written.
void writeVcd(const std::string& path, const std::vector<WaveSignal>& signals, const WaveStretch& stretch);

/// The same into a file in the making, whose name ends in .vcd.
void writeVcdInto(const std::string& part, const std::vector<WaveSignal>& signals,
                  const WaveStretch& stretch);

}  // namespace pim
