#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace pim::platform {

/// Returns the only document of a YAML text; a null node if it contains none or several. Throws
/// YAML::Exception if the text is not YAML. (YAML::LoadAll does not terminate on some texts, such as ",": its
/// parser finds empty documents without end.)
YAML::Node onlyDocument(const std::string& yaml);

}  // namespace pim::platform
