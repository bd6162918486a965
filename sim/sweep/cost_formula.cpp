#include "sim/sweep/cost_formula.h"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "platform/config/schema.h"
#include "sim/analysis/area.h"

namespace pim::sim {
namespace {

constexpr const char* kArea = "area";

/// Returns the keys of all machines; their values are not used.
platform::Schema keysOfAllMachines() {
  static platform::Config any;
  platform::Schema all;
  for (const auto machine :
       {platform::MachineKind::kPim, platform::MachineKind::kFpga, platform::MachineKind::kPhone}) {
    any.machine = machine;
    for (platform::Field& field : platform::configSchema(any)) all.push_back(std::move(field));
  }
  return all;
}

}  // namespace

struct CostFormula::Parser {
  mu::Parser parser;
  std::map<std::string, double> values;  ///< the parser points into it
};

CostFormula::CostFormula(const std::string& text) : m_text(text), m_parser(std::make_unique<Parser>()) {
  mu::Parser& parser = m_parser->parser;
  parser.DefineNameChars("0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  try {
    parser.SetExpr(text);
    const platform::Schema schema = keysOfAllMachines();
    const mu::varmap_type used =
        parser.GetUsedVar();  // copied, because defining variables changes the parser's list
    for (const auto& entry : used) {
      const std::string& name = entry.first;
      const bool known =
          name == kArea || std::any_of(schema.begin(), schema.end(), [&](const platform::Field& field) {
            return field.key == name && (std::holds_alternative<platform::Real>(field.value) ||
                                         std::holds_alternative<platform::Integer>(field.value));
          });
      if (!known) {
        const std::string closest = platform::closestKey(schema, name);
        throw UserError(fmt::format("--minimise: {}: expected area or the key of a number{}",
                                    platform::quoted(name), closest.empty() ? "" : ", as " + closest));
      }
      parser.DefineVar(name, &m_parser->values[name]);
    }
    for (auto& value : m_parser->values) value.second = 1;
    parser.Eval();  // throws on an invalid formula
  } catch (const mu::ParserError& error) {
    throw UserError(fmt::format("--minimise {}: expected a formula over keys: {}", platform::quoted(text),
                                error.GetMsg()));
  }
}

CostFormula::~CostFormula() = default;
CostFormula::CostFormula(CostFormula&&) noexcept = default;
CostFormula& CostFormula::operator=(CostFormula&&) noexcept = default;

double CostFormula::operator()(const platform::Config& config) const {
  platform::Config copy = config;
  for (auto& [key, value] : m_parser->values) value = std::nan("");
  for (const platform::Field& field : platform::configSchema(copy)) {
    const auto value = m_parser->values.find(field.key);
    if (value != m_parser->values.end()) value->second = std::stod(field.text());
  }
  for (const auto& [key, value] : m_parser->values) {
    if (key != kArea && std::isnan(value))
      throw UserError(fmt::format("--minimise: {}: expected a key of the machine of {}", key, config.name));
  }
  const auto area = m_parser->values.find(kArea);
  if (area != m_parser->values.end() && config.machine != platform::MachineKind::kPim)
    throw UserError(
        fmt::format("--minimise: area: expected machine: pim, {} is another machine", config.name));
  if (area != m_parser->values.end()) area->second = areaOf(config).total();
  double cost = 0;
  try {
    cost = m_parser->parser.Eval();
  } catch (const mu::ParserError& error) {
    throw UserError(fmt::format("--minimise {}: {}", platform::quoted(m_text), error.GetMsg()));
  }
  if (!std::isfinite(cost))
    throw UserError(
        fmt::format("--minimise {}: expected a number for every configuration", platform::quoted(m_text)));
  return cost;
}

}  // namespace pim::sim
