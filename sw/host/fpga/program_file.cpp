#include "sw/host/fpga/program_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <ostream>
#include <string_view>

#include "core/base/error.h"
#include "sw/host/fpga/text_file.h"

namespace pim::host::fpga {
namespace {

using namespace pim::fpga;

constexpr std::string_view kHeader = "pimtlm-fpga-program 1";
constexpr double kMostAmount = 1e15;

std::string tokensText(const char* what, UnitSet units) {
  std::string text;
  for (std::size_t i = 0; i < kUnits; ++i) {
    const auto unit = static_cast<Unit>(i);
    if (units.has(unit)) text += fmt::format("{}{}", text.empty() ? "" : ",", unitName(unit));
  }
  return text.empty() ? "" : fmt::format(" {}={}", what, text);
}

const char* variantName(const Instruction& instruction) {
  switch (instruction.unit) {
    case Unit::Load:
    case Unit::Store:
      return routeName(instruction.route);
    case Unit::Misc:
      return miscOperationName(instruction.operation);
    default:
      return "-";
  }
}

/// Returns the value with a name, among the first `count` of an enumeration.
template <typename E>
std::optional<E> named(std::string_view text, std::size_t count, const char* (*nameOf)(E)) {
  for (std::size_t i = 0; i < count; ++i) {
    if (text == nameOf(static_cast<E>(i))) return static_cast<E>(i);
  }
  return std::nullopt;
}

template <typename Number>
bool parseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// Splits one line into words.
class Line {
 public:
  Line(std::string_view text, const std::string& name, std::size_t number)
      : m_text(text), m_name(name), m_number(number) {}

  std::string_view word() {
    const std::size_t end = std::min(m_text.find(' '), m_text.size());
    const std::string_view found = m_text.substr(0, end);
    m_text.remove_prefix(std::min(end + 1, m_text.size()));
    return found;
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw UserError(fmt::format("{}:{}: expected {}", m_name, m_number, expected));
  }

 private:
  std::string_view m_text;
  const std::string& m_name;
  std::size_t m_number;
};

UnitSet parseUnits(std::string_view text, const Line& line) {
  UnitSet units;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto unit = named<Unit>(text.substr(0, comma), kUnits, unitName);
    if (!unit || units.has(*unit)) line.refuse("units among LD, ST, MM, MV, MISC, SYS, each once");
    units = units | *unit;
    if (comma == text.size()) return units;
    text.remove_prefix(comma + 1);
  }
}

Instruction parseInstruction(std::string_view unitText, Line& line) {
  Instruction instruction;
  const auto unit = named<Unit>(unitText, kUnits, unitName);
  if (!unit) line.refuse("an instruction LD, ST, MM, MV, MISC or SYS, or an operator");
  instruction.unit = *unit;
  const std::string_view variant = line.word();
  if (*unit == Unit::Load || *unit == Unit::Store) {
    const auto route = named<Route>(variant, kRoutes, routeName);
    if (!route || (*unit == Unit::Store && *route == Route::ZeroFill))
      line.refuse("a route one, all, cross or (LD) zero");
    instruction.route = *route;
  } else if (*unit == Unit::Misc) {
    const auto operation = named<MiscOperation>(variant, kMiscOperations, miscOperationName);
    if (!operation) line.refuse("an operation eltwise, softmax, norm or silu");
    instruction.operation = *operation;
  } else if (variant != "-") {
    line.refuse("- behind the unit");
  }
  if (!parseNumber(line.word(), instruction.amount) || !std::isfinite(instruction.amount) ||
      instruction.amount < 0 || instruction.amount > kMostAmount)
    line.refuse("an amount from 0 to 1e15");
  std::string_view word = line.word();
  if (word.substr(0, 5) == "wait=") {
    instruction.waits = parseUnits(word.substr(5), line);
    word = line.word();
  }
  if (word.substr(0, 5) == "give=") {
    instruction.releases = parseUnits(word.substr(5), line);
    word = line.word();
  }
  if (instruction.waits.has(*unit) || instruction.releases.has(*unit)) line.refuse("tokens of other units");
  if (!word.empty()) line.refuse("wait=UNITS and give=UNITS in this order and nothing more");
  return instruction;
}

Operator parseOperator(Line& line) {
  Operator what;
  const auto kind = named<OperatorKind>(line.word(), kOperatorKinds, operatorName);
  if (!kind) line.refuse("the name of an operator, as norm or q");
  what.kind = *kind;
  if (!parseNumber(line.word(), what.layer)) line.refuse("the number of a layer");
  return what;
}

}  // namespace

void writeProgramHeader(std::ostream& to) {
  to << kHeader << '\n';
}

void writeOperator(std::ostream& to, const Operator& what, const std::vector<Instruction>& instructions) {
  std::string text = fmt::format("operator {} {}\n", operatorName(what.kind), what.layer);
  for (const Instruction& instruction : instructions) {
    text += fmt::format("{} {} {}{}{}\n", unitName(instruction.unit), variantName(instruction),
                        instruction.amount, tokensText("wait", instruction.waits),
                        tokensText("give", instruction.releases));
  }
  to << text;
}

std::vector<ProgramOperator> readProgram(const std::string& path) {
  return parseProgram(readTextFile(path), path);
}

std::vector<ProgramOperator> parseProgram(const std::string& text, const std::string& name) {
  std::vector<ProgramOperator> program;
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    Line line(rest.substr(0, end), name, number);
    const bool first = number == 1;
    if (first && rest.substr(0, end) != kHeader) line.refuse(fmt::format("the line {}", kHeader));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (first) continue;
    const std::string_view word = line.word();
    if (word == "operator") {
      program.push_back({parseOperator(line), {}});
      continue;
    }
    if (program.empty()) line.refuse("an operator before its instructions");
    program.back().instructions.push_back(parseInstruction(word, line));
  }
  if (program.empty()) throw UserError(fmt::format("{}: expected the line {} and operators", name, kHeader));
  return program;
}

}  // namespace pim::host::fpga
