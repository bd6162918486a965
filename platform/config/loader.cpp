#include "platform/config/loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "core/base/error.h"
#include "platform/config/builtin.h"
#include "platform/config/document.h"
#include "platform/config/machine_keys.h"
#include "platform/config/schema.h"
#include "platform/config/validate.h"

namespace pim::platform {
namespace {

std::vector<std::string> namesOf(const std::vector<BuiltinFile>& files) {
  std::vector<std::string> names(files.size());
  std::transform(files.begin(), files.end(), names.begin(),
                 [](const BuiltinFile& file) { return file.name; });
  std::sort(names.begin(), names.end());  // files are sorted by name with extension
  return names;
}

const BuiltinFile* find(const std::vector<BuiltinFile>& files, const std::string& name) {
  const auto file =
      std::find_if(files.begin(), files.end(), [&](const BuiltinFile& f) { return f.name == name; });
  return file == files.end() ? nullptr : &*file;
}

const BuiltinFile& presetCalled(const std::string& name, const std::string& place, const char* orElse = "") {
  if (const BuiltinFile* preset = find(builtinPresets(), name)) return *preset;
  throw UserError(fmt::format("{}: expected a preset ({}){}, got {}", place, fmt::join(presetNames(), ", "),
                              orElse, quoted(name)));
}

bool isBase(const Entry& entry) {
  return entry.key == "base";
}

bool isYamlPath(const std::string& name) {
  const auto extension = std::filesystem::path(name).extension();
  return extension == ".yaml" || extension == ".yml";
}

/// Returns the kind of machine that the entries describe. The first entry with `machine` decides; it comes
/// from the base.
MachineKind machineOf(const std::vector<Entry>& entries) {
  MachineKind kind{};
  Schema schema{{"machine", choice(kind, machineNames()), ""}};
  const auto isMachine = [](const Entry& entry) { return entry.key == "machine"; };
  const auto first = std::find_if(entries.begin(), entries.end(), isMachine);
  if (first == entries.end()) return kind;
  applyEntries(schema, {*first});
  for (auto other = first; other != entries.end(); ++other) {
    if (isMachine(*other) && other->text != first->text) {
      throw UserError(fmt::format("{}: machine: expected {}, as in its base, got {}", other->place,
                                  first->text, quoted(other->text)));
    }
  }
  return kind;
}

/// Returns the entries of the presets that a document is based on, followed by its own.
std::vector<Entry> withBase(std::vector<Entry> own, const std::string& ownName) {
  const auto base = std::find_if(own.begin(), own.end(), isBase);
  const std::string root = rootPreset(machineOf(own));
  if (base == own.end() && ownName == root) return own;
  const std::string baseName = base == own.end() ? root : base->text;
  const BuiltinFile& preset =
      presetCalled(baseName, base == own.end() ? "base" : base->place + ": base", " or a .yaml file");
  own.erase(std::remove_if(own.begin(), own.end(), isBase), own.end());
  std::vector<Entry> all = withBase(readYaml(preset.text, preset.name + ".yaml"), preset.name);
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

/// Returns the entries of the files that a user's file is based on, without their names, followed by its own.
/// The `base` of the last file in the chain remains as an entry. `above`: canonical paths of the files that
/// lead here, to detect a cycle.
std::vector<Entry> readFiles(const std::string& path, std::vector<std::filesystem::path> above = {}) {
  std::vector<Entry> own = readYaml(readTextFile(path), path);
  const auto base = std::find_if(own.begin(), own.end(), isBase);
  if (base == own.end() || !isYamlPath(base->text)) return own;
  const std::filesystem::path below = std::filesystem::path(path).parent_path() / base->text;
  above.push_back(std::filesystem::weakly_canonical(path));
  if (std::find(above.begin(), above.end(), std::filesystem::weakly_canonical(below)) != above.end())
    throw UserError(fmt::format("{}: base: expected another file, {} is based on itself", base->place,
                                platform::quoted(base->text)));
  own.erase(base);
  std::vector<Entry> all = readFiles(below.string(), std::move(above));
  all.erase(std::remove_if(all.begin(), all.end(), [](const Entry& entry) { return entry.key == "name"; }),
            all.end());
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

/// Throws the UserError for a broken rule. It names the place of the last entry that set a key of the rule.
[[noreturn]] void refuse(const Violation& violation, const std::vector<Entry>& entries,
                         const std::string& source) {
  const auto isInvolved = [&](const Entry& entry) {
    return std::find(violation.keys.begin(), violation.keys.end(), entry.key) != violation.keys.end();
  };
  const auto last = std::find_if(entries.rbegin(), entries.rend(), isInvolved);
  throw UserError(fmt::format("{}: {}: {}", last == entries.rend() ? source : last->place,
                              violation.keys.front(), violation.expectation));
}

Config resolve(std::vector<Entry> own, const std::string& fileName, const std::string& name,
               const Overrides& overrides) {
  std::vector<Entry> entries = withBase(std::move(own), name);
  // A configuration without `name` is named after its file. Presets used as a base do not contain a name.
  Config config;
  config.name = name;
  for (const auto& argument : overrides) entries.push_back(readOverride(argument));
  config.machine = machineOf(entries);
  Schema schema = configSchema(config);
  // First, because applyEntries() would suggest a similar key.
  refuseKeysOfOtherMachines(entries, config.machine);
  applyEntries(schema, entries);
  if (const auto violation = findViolation(config)) refuse(*violation, entries, fileName);
  return config;
}

/// Converts the name of a file to a valid Name.
std::string nameAfter(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string().substr(0, kLongestName);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !isNameCharacter(c); }, '-');
  return name;
}

}  // namespace

const char* rootPreset(MachineKind kind) {
  static constexpr const char* kRoots[kMachineKinds] = {kDefaultPreset, "flightllm-vhk158-published",
                                                        "phone-8gen2"};
  return kRoots[static_cast<std::size_t>(kind)];
}

std::vector<std::string> presetNames() {
  return namesOf(builtinPresets());
}
std::vector<std::string> modelNames() {
  return namesOf(builtinModels());
}

std::vector<AskedKey> askedKeys(const std::string& configPath, const Overrides& overrides) {
  std::vector<AskedKey> asked;
  if (!configPath.empty()) {
    for (const Entry& entry : readFiles(configPath)) asked.push_back({entry.key, entry.place});
  }
  for (const std::string& argument : overrides) {
    const Entry entry = readOverride(argument);
    asked.push_back({entry.key, entry.place});
  }
  return asked;
}

Config loadPreset(const std::string& name, const Overrides& overrides) {
  const BuiltinFile& preset = presetCalled(name, "--preset");
  return resolve(readYaml(preset.text, preset.name + ".yaml"), preset.name + ".yaml", preset.name, overrides);
}

Config loadConfigFile(const std::string& path, const Overrides& overrides) {
  return resolve(readFiles(path), path, nameAfter(path), overrides);
}

ModelShape loadModel(const std::string& nameOrPath) {
  const BuiltinFile* builtin = find(builtinModels(), nameOrPath);
  if (!builtin && !isYamlPath(nameOrPath)) {
    throw UserError(fmt::format("--model: expected a .yaml file or one of {}, got {}",
                                fmt::join(modelNames(), ", "), quoted(nameOrPath)));
  }
  const std::string fileName = builtin ? builtin->name + ".yaml" : nameOrPath;
  const std::vector<Entry> entries = readYaml(builtin ? builtin->text : readTextFile(nameOrPath), fileName);

  ModelShape shape;
  shape.name = nameAfter(fileName);
  Schema schema = modelSchema(shape);
  applyEntries(schema, entries);
  for (const auto& field : schema) {
    const bool given =
        std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == field.key; });
    if (given || field.key == "name") continue;
    if (field.key != "head_dim")
      throw UserError(
          fmt::format("{}: {}: expected {}, found nothing", fileName, field.key, field.expectation()));
    if (shape.hidden % shape.heads != 0) {
      throw UserError(fmt::format(
          "{}: head_dim: expected a number, as heads ({}) does not divide hidden ({}), found nothing",
          fileName, shape.heads, shape.hidden));
    }
    shape.headDim = shape.hidden / shape.heads;
  }
  if (const auto violation = findViolation(shape)) refuse(*violation, entries, fileName);
  return shape;
}

}  // namespace pim::platform
