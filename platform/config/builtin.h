#pragma once

#include <string>
#include <vector>

namespace pim::platform {

/// A text file built into the library so that an installed executable needs no files.
struct BuiltinFile {
  std::string name;  ///< without its last extension
  std::string text;
};

/// Sorted by name. Defined in code that the build generates from platform/presets and platform/models.
const std::vector<BuiltinFile>& builtinPresets();
const std::vector<BuiltinFile>& builtinModels();

}  // namespace pim::platform
