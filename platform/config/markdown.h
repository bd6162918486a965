#pragma once

#include <string>

namespace pim::platform {

/// docs/configuration.md: every key with its default, its range and its meaning, straight from the schema.
std::string configurationMarkdown();

}  // namespace pim::platform
