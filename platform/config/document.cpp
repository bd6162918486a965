#include "platform/config/document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "core/base/error.h"
#include "platform/config/yaml_document.h"

namespace pim::platform {
namespace {

constexpr std::size_t kLargestFileBytes = std::size_t{1} << 20;

std::string at(const std::string& fileName, const YAML::Mark& mark) {
  return mark.is_null() ? fileName : fmt::format("{}:{}", fileName, mark.line + 1);
}

/// Flattens one mapping; `path` is the key path to it, with a trailing dot. `seen` contains the keys of the
/// whole document, so that the same key in two notations is found.
void flatten(const YAML::Node& map, const std::string& fileName, const std::string& path,
             std::set<std::string>& seen, std::vector<Entry>& entries) {
  for (const auto& pair : map) {
    const std::string place = at(fileName, pair.first.Mark());
    if (!pair.first.IsScalar()) throw UserError(place + ": expected a key made of letters");
    if (pair.first.Scalar() == "<<")
      throw UserError(place + ": merge keys (<<) are not supported: expected each key with its value");
    const std::string key = path + pair.first.Scalar();
    if (!seen.insert(key).second)
      throw UserError(fmt::format("{}: {}: expected once, given twice", place, quoted(key)));
    if (pair.second.IsMap()) {
      // No key is deeper than a section. The limit also ends the recursion for aliases that contain
      // themselves.
      if (!path.empty())
        throw UserError(fmt::format("{}: {}: expected one value, found a section", place, quoted(key)));
      flatten(pair.second, fileName, key + ".", seen, entries);
    } else if (pair.second.IsSequence()) {
      throw UserError(fmt::format("{}: {}: expected one value, found a list", place, quoted(key)));
    } else {
      entries.push_back({place, key, pair.second.IsNull() ? "" : pair.second.Scalar()});
    }
  }
}

/// Returns the current name of a key whose old name ends in "gbps"; elsewhere, that unit means gigabits per
/// second.
std::string nameToday(const std::string& key) {
  static const std::string kOld = "_gbps";
  const bool isOld =
      key.size() > kOld.size() && key.compare(key.size() - kOld.size(), kOld.size(), kOld) == 0;
  return isOld ? key.substr(0, key.size() - kOld.size()) + "_gb_per_s" : key;
}

/// Returns whether the entry is "mapping: auto", the short form of mapping.auto.
bool isAutoMapping(const Entry& entry) {
  return entry.key == "mapping" && entry.text == "auto";
}

[[noreturn]] void refuseUnknownKey(const Schema& schema, const Entry& entry) {
  std::vector<std::string> sectionKeys;
  for (const auto& field : schema) {
    if (field.section() == entry.key) sectionKeys.push_back(field.leaf());
  }
  if (!sectionKeys.empty()) {
    throw UserError(fmt::format("{}: {}: expected a section with the keys {}", entry.place, entry.key,
                                fmt::join(sectionKeys, ", ")));
  }
  const std::string today = nameToday(entry.key);
  if (today != entry.key &&
      std::any_of(schema.begin(), schema.end(), [&](const Field& f) { return f.key == today; })) {
    throw UserError(
        fmt::format("{}: {}: this key is now called {} (GB/s)", entry.place, quoted(entry.key), today));
  }
  const std::string closest = closestKey(schema, today);
  throw UserError(fmt::format("{}: {}: unknown key, expected {}", entry.place, quoted(entry.key),
                              closest.empty() ? "one listed in docs/configuration.md" : closest));
}

}  // namespace

std::string quoted(const std::string& text) {
  constexpr std::size_t kLongest = 60;
  return "'" + withoutControls(text.size() > kLongest ? text.substr(0, kLongest) + "..." : text) + "'";
}

std::string withoutControls(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, '?');
  return text;
}

std::vector<Entry> readYaml(const std::string& yaml, const std::string& fileName) {
  std::vector<Entry> entries;
  try {
    const YAML::Node document = onlyDocument(yaml);
    if (!document.IsMap()) throw UserError(fileName + ": expected one YAML document of keys and values");
    std::set<std::string> seen;
    flatten(document, fileName, "", seen, entries);
  } catch (const YAML::Exception& error) {
    throw UserError(fmt::format("{}: expected well-formed YAML: {}", at(fileName, error.mark),
                                withoutControls(error.msg)));
  }
  return entries;
}

Entry readOverride(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError(fmt::format("--set {}: expected key.path=value", quoted(argument)));
  }
  return {"--set", argument.substr(0, equals), argument.substr(equals + 1)};
}

std::string readTextFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 1 << 14> part;
  while (file.read(part.data(), part.size()) || file.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > kLargestFileBytes)
      throw UserError(fmt::format("{}: expected a YAML file of at most {} bytes", path, kLargestFileBytes));
  }
  if (!file.eof()) throw UserError(fmt::format("{}: expected a file that can be read", path));
  return text;
}

void applyEntries(Schema& schema, const std::vector<Entry>& entries) {
  for (const auto& given : entries) {
    const Entry entry = isAutoMapping(given) ? Entry{given.place, "mapping.auto", "on"} : given;
    const auto field =
        std::find_if(schema.begin(), schema.end(), [&](const Field& f) { return f.key == entry.key; });
    if (field == schema.end()) refuseUnknownKey(schema, given);
    if (!field->assign(entry.text)) {
      throw UserError(fmt::format("{}: {}: expected {}, got {}", entry.place, entry.key, field->expectation(),
                                  quoted(entry.text)));
    }
  }
}

}  // namespace pim::platform
