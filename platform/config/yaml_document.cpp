#include "platform/config/yaml_document.h"

#include <yaml-cpp/eventhandler.h>

#include <sstream>

namespace pim::platform {
namespace {

using YAML::anchor_t;
using YAML::Mark;
using Style = YAML::EmitterStyle::value;

/// Ignores all events of the parser.
class Nobody : public YAML::EventHandler {
 public:
  void OnDocumentStart(const Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark&, anchor_t) override {}
  void OnAlias(const Mark&, anchor_t) override {}
  void OnScalar(const Mark&, const std::string&, anchor_t, const std::string&) override {}
  void OnSequenceStart(const Mark&, const std::string&, anchor_t, Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const std::string&, anchor_t, Style) override {}
  void OnMapEnd() override {}
};

}  // namespace

YAML::Node onlyDocument(const std::string& yaml) {
  std::istringstream text(yaml);
  YAML::Parser parser(text);
  Nobody nobody;
  const bool one = parser.HandleNextDocument(nobody) && !parser.HandleNextDocument(nobody);
  return one ? YAML::Load(yaml) : YAML::Node();
}

}  // namespace pim::platform
