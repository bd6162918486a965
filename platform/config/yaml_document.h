#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace pim::platform {

/// The one document of a YAML text; a null node where it holds none or more. Throws YAML::Exception for what
/// is not YAML. (YAML::LoadAll never ends on some texts, "," among them: its parser finds empty documents
/// without end.)
YAML::Node onlyDocument(const std::string& yaml);

}  // namespace pim::platform
