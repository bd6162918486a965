#pragma once

#include <string>
#include <vector>

#include "platform/config/field.h"

namespace pim::platform {

/// One value as the user wrote it, and where.
struct Entry {
  std::string place;  ///< "chip.yaml:12", "--set"
  std::string key;    ///< "link.bandwidth_gb_per_s"
  std::string text;   ///< "32"
};

/// The values of a YAML document in order, sections flattened to key paths. UserError: malformed YAML, a key
/// twice, a list, no sections and keys at all.
std::vector<Entry> readYaml(const std::string& yaml, const std::string& fileName);

/// "key.path=value" of --set. UserError: no '=' or no key.
Entry readOverride(const std::string& argument);

/// The text of a file. UserError: unreadable, or far too large to be a configuration.
std::string readTextFile(const std::string& path);

/// Gives each entry's value to the field of that key. UserError: unknown key, value that is not what is
/// expected.
void applyEntries(Schema& schema, const std::vector<Entry>& entries);

/// User text for a message of one line: control characters replaced, cut to a readable length, quoted.
std::string quoted(const std::string& text);

}  // namespace pim::platform
