#pragma once

#include <string>
#include <vector>

namespace pim::platform {

/// A text file that is built into the library, so that an installed executable needs no files.
struct BuiltinFile {
  std::string name;  ///< without its last extension
  std::string text;
};

/// Sorted by name. Defined in code that the build generates from platform/presets, platform/models,
/// platform/cores and waveforms/profiles.
const std::vector<BuiltinFile>& builtinPresets();
const std::vector<BuiltinFile>& builtinModels();
const std::vector<BuiltinFile>& builtinCores();
/// The files of platform/cores/firmware: the time of the firmware's work on each core.
const std::vector<BuiltinFile>& builtinFirmwareCostFiles();
const std::vector<BuiltinFile>& builtinWaveProfiles();

}  // namespace pim::platform
