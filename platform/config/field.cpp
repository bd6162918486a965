#include "platform/config/field.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

namespace pim::platform {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

/// Parses the whole text as one number; nothing if that fails.
template <class T, class... Format>
std::optional<T> parseNumber(std::string_view text, Format... format) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, format...);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parseInteger(std::string_view text) {
  const bool hexadecimal = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
  return hexadecimal ? parseNumber<std::uint64_t>(text.substr(2), 16) : parseNumber<std::uint64_t>(text, 10);
}

std::uint64_t load(const Integer& integer) {
  return std::visit([](const auto* at) -> std::uint64_t { return *at; }, integer.at);
}

std::string print(const Integer& integer, std::uint64_t number) {
  return integer.hexadecimal ? fmt::format("0x{:X}", number) : fmt::format("{}", number);
}

std::string ofUnit(const std::string& unit) {
  return unit.empty() ? "" : " of " + unit;
}

/// Returns the Levenshtein distance.
std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

bool Field::assign(const std::string& text) {
  return std::visit(
      Overloaded{
          [&](const Real& real) {
            const auto number = parseNumber<double>(text);
            if (!number || !std::isfinite(*number) || *number < real.min || *number > real.max) return false;
            *real.at = *number + 0.0;  // converts -0.0 to 0.0
            return true;
          },
          [&](const Integer& integer) {
            const auto number = parseInteger(text);
            if (!number || *number < integer.min || *number > integer.max) return false;
            const auto& allowed = integer.allowed;
            if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), *number) == allowed.end())
              return false;
            std::visit([&](auto* at) { *at = static_cast<std::remove_reference_t<decltype(*at)>>(*number); },
                       integer.at);
            return true;
          },
          [&](const Switch& onOff) {
            const bool on = text == "on" || text == "true";
            if (!on && text != "off" && text != "false") return false;
            *onOff.at = on;
            return true;
          },
          [&](const Choice& oneOf) {
            const auto found = std::find(oneOf.names.begin(), oneOf.names.end(), text);
            if (found == oneOf.names.end()) return false;
            oneOf.set(static_cast<std::size_t>(found - oneOf.names.begin()));
            return true;
          },
          [&](const Name& name) {
            if (text.empty() || text.size() > kLongestName ||
                !std::all_of(text.begin(), text.end(), isNameCharacter))
              return false;
            *name.at = text;
            return true;
          },
          [&](const Line& line) {
            *line.at = text;
            return true;
          },
          [&](const NumberOrFile& of) {
            const auto number = parseInteger(text);
            if (!number) {
              if (text.find_first_of("./") == std::string::npos) return false;
              *of.file = text;
              return true;
            }
            if (std::find(of.allowed.begin(), of.allowed.end(), *number) == of.allowed.end()) return false;
            *of.number = static_cast<std::uint32_t>(*number);
            of.file->clear();
            return true;
          },
      },
      value);
}

std::string Field::expectation() const {
  return std::visit(
      Overloaded{
          [](const Real& real) {
            return fmt::format("a number{} from {} to {}", ofUnit(real.unit), real.min, real.max);
          },
          [](const Integer& integer) {
            if (!integer.allowed.empty()) return fmt::format("{}", fmt::join(integer.allowed, " or "));
            return fmt::format("a whole number{} from {} to {}", ofUnit(integer.unit),
                               print(integer, integer.min), print(integer, integer.max));
          },
          [](const Switch&) { return std::string("on or off"); },
          [](const Choice& oneOf) { return fmt::format("{}", fmt::join(oneOf.names, " or ")); },
          [](const Name&) {
            return fmt::format("a name of letters, digits and . _ -, at most {}", kLongestName);
          },
          [](const Line&) { return std::string("words"); },
          [](const NumberOrFile& of) { return fmt::format("{}, or a file", fmt::join(of.allowed, " or ")); },
      },
      value);
}

std::string Field::text() const {
  return std::visit(
      Overloaded{
          [](const Real& real) { return fmt::format("{}", *real.at); },
          [](const Integer& integer) { return print(integer, load(integer)); },
          [](const Switch& onOff) { return std::string(*onOff.at ? "on" : "off"); },
          [](const Choice& oneOf) { return oneOf.names.at(oneOf.get()); },
          [](const Name& name) { return *name.at; },
          [](const Line& line) { return *line.at; },
          [](const NumberOrFile& of) { return of.file->empty() ? fmt::format("{}", *of.number) : *of.file; },
      },
      value);
}

namespace {

/// Returns whether the lever has a step in this direction.
bool wanted(Lever lever, bool more) {
  return lever.better == Lever::Better::kEither || (lever.better == Lever::Better::kMore) == more;
}

std::vector<std::string> stepsOf(const Real& real, Lever lever) {
  std::vector<std::string> texts;
  const double less = *real.at / kLeverFactor, more = *real.at * kLeverFactor;
  if (wanted(lever, false) && less >= real.min && less != *real.at) texts.push_back(fmt::format("{}", less));
  if (wanted(lever, true) && more <= real.max && more != *real.at) texts.push_back(fmt::format("{}", more));
  return texts;
}

std::vector<std::string> stepsOf(const Integer& integer, Lever lever) {
  std::vector<std::string> texts;
  const std::uint64_t value = load(integer);
  const auto add = [&](bool more, std::uint64_t number) {
    if (wanted(lever, more) && number != value) texts.push_back(print(integer, number));
  };
  if (!integer.allowed.empty()) {
    const auto at = std::find(integer.allowed.begin(), integer.allowed.end(), value);
    if (at != integer.allowed.begin()) add(false, *(at - 1));
    if (at != integer.allowed.end() && at + 1 != integer.allowed.end()) add(true, *(at + 1));
    return texts;
  }
  add(false, std::max(value / kLeverFactor, integer.min));
  add(true, value > integer.max / kLeverFactor ? integer.max : value * kLeverFactor);
  return texts;
}

std::vector<std::string> stepsOf(const Choice& choice, Lever lever) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < choice.names.size(); ++i) {
    if (i != choice.get() && wanted(lever, i > choice.get())) texts.push_back(choice.names[i]);
  }
  return texts;
}

std::vector<std::string> stepsOf(const Switch& onOff, Lever lever) {
  if (!wanted(lever, !*onOff.at)) return {};
  return {*onOff.at ? "off" : "on"};
}

}  // namespace

std::vector<std::string> Field::steps() const {
  if (lever.cost == Lever::Cost::kNone) return {};
  return std::visit(
      [this](const auto& of) -> std::vector<std::string> {
        using Of = std::decay_t<decltype(of)>;
        if constexpr (std::is_same_v<Of, Name> || std::is_same_v<Of, Line> ||
                      std::is_same_v<Of, NumberOrFile>) {
          return {};
        } else {
          return stepsOf(of, lever);
        }
      },
      value);
}

nlohmann::ordered_json Field::json() const {
  return std::visit(Overloaded{
                        [](const Real& real) { return nlohmann::ordered_json(*real.at); },
                        [this](const Integer& integer) {
                          return integer.hexadecimal ? nlohmann::ordered_json(text())
                                                     : nlohmann::ordered_json(load(integer));
                        },
                        [](const Switch& onOff) { return nlohmann::ordered_json(*onOff.at); },
                        [](const NumberOrFile& of) {
                          return of.file->empty() ? nlohmann::ordered_json(*of.number)
                                                  : nlohmann::ordered_json(*of.file);
                        },
                        [this](const auto&) { return nlohmann::ordered_json(text()); },
                    },
                    value);
}

std::string closestName(const std::vector<std::string>& names, const std::string& name) {
  std::string best;
  std::size_t bestDistance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : names) {
    const std::size_t distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

std::string closestKey(const Schema& schema, const std::string& key) {
  const std::string leaf = key.substr(key.rfind('.') + 1);
  std::vector<std::string> keys;
  for (const auto& field : schema) {
    if (field.leaf() == leaf) return field.key;  // the key is correct, its section is not
    keys.push_back(field.key);
  }
  return closestName(keys, key);
}

std::string dumpYaml(const Schema& schema) {
  std::string yaml;
  std::string open;
  for (const auto& field : schema) {
    if (field.section() != open) {
      open = field.section();
      yaml += open + ":\n";
    }
    yaml += fmt::format("{}{}: {}\n", open.empty() ? "" : "  ", field.leaf(), field.text());
  }
  return yaml;
}

nlohmann::ordered_json dumpJson(const Schema& schema) {
  nlohmann::ordered_json tree = nlohmann::ordered_json::object();
  for (const auto& field : schema) {
    (field.section().empty() ? tree : tree[field.section()])[field.leaf()] = field.json();
  }
  return tree;
}

}  // namespace pim::platform
