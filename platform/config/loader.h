#pragma once

#include <string>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/config.h"

namespace pim::platform {

/// "key.path=value", as for --set. Later entries override earlier ones.
using Overrides = std::vector<std::string>;

constexpr const char* kDefaultPreset = "aim8";
/// Returns the preset that contains every key of a kind of machine; the other presets of that kind are based
/// on it.
const char* rootPreset(MachineKind kind);

/// Returns the names of the built-in presets and models, sorted.
std::vector<std::string> presetNames();
std::vector<std::string> modelNames();

/// A key that the user set in a file or with --set, and where.
struct AskedKey {
  std::string key;
  std::string place;  ///< "chip.yaml:12", "--set"
};
/// Returns the keys set in a configuration file ("": none) and in the files that it is based on, but not
/// those of presets, then those of the overrides.
std::vector<AskedKey> askedKeys(const std::string& configPath, const Overrides& overrides);

/// Loads and validates a configuration: a preset or file on top of its `base` (a preset, or a file beside it;
/// the root preset if it names none), then the overrides. Throws a UserError of one line for every mistake:
/// file or --set, key, expectation.
Config loadPreset(const std::string& name, const Overrides& overrides = {});
Config loadConfigFile(const std::string& path, const Overrides& overrides = {});

/// Loads a model shape: a built-in one, or a file if `nameOrPath` ends in .yaml or .yml.
ModelShape loadModel(const std::string& nameOrPath);

}  // namespace pim::platform
