#pragma once

#include <string>
#include <vector>

#include "platform/config/field.h"

namespace pim::platform {

/// A value as the user wrote it, and where.
struct Entry {
  std::string place;  ///< "chip.yaml:12", "--set"
  std::string key;    ///< "link.bandwidth_gb_per_s"
  std::string text;   ///< "32"
};

/// Returns the values of a YAML document in order, with key paths in place of sections. Throws a UserError
/// for malformed YAML, a key that occurs twice, a list, or a document without keys.
std::vector<Entry> readYaml(const std::string& yaml, const std::string& fileName);

/// Parses "key.path=value" of --set. Throws a UserError without '=' or key.
Entry readOverride(const std::string& argument);

/// Returns the text of a file. Throws a UserError if it cannot be read or is much too large for a
/// configuration.
std::string readTextFile(const std::string& path);

/// Assigns each entry to the field with its key. Throws a UserError for an unknown key or an invalid value.
void applyEntries(Schema& schema, const std::vector<Entry>& entries);

/// Quotes a text for a message of one line: replaces control characters and cuts long text.
std::string quoted(const std::string& text);

/// Replaces control characters of a text by "?", so that it is one line.
std::string withoutControls(std::string text);

}  // namespace pim::platform
