#pragma once

#include <string>

namespace pim::platform {

/// Returns the text of docs/configuration.md: every key with its default, range and meaning, from the schema.
std::string configurationMarkdown();

}  // namespace pim::platform
