#pragma once

#include <cstdint>
#include <string>

namespace pim {

/// Writes FILE.gtkw beside FILE.vcd: all pins of the block, in the order of the waveform, over its whole
/// time. Does nothing if the file cannot be written.
void writeSaveFile(const std::string& vcd, std::int64_t fromPicoseconds, std::int64_t toPicoseconds);

}  // namespace pim
