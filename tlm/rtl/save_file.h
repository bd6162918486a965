#pragma once

#include <cstdint>
#include <string>

namespace pim {

/// Writes FILE.gtkw beside FILE.vcd: all pins of the block, in the order of the waveform, over its whole
/// time. Does nothing if the file cannot be written.
void writeSaveFile(const std::string& vcd, std::int64_t fromPicoseconds, std::int64_t toPicoseconds);

/// Puts the marker of the save file beside FILE.vcd at a time. Does nothing if there is no save file.
void markSaveFile(const std::string& vcd, std::int64_t picoseconds);

}  // namespace pim
