#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pim::platform {

// A schema is a list of fields. One field serves parsing, range check, dump and documentation, so a key is
// described exactly once. Fields point into the object they were made for and live no longer than it does.

/// A real number; `unit` may be empty.
struct Real {
  double* at;
  std::string unit;
  double min;
  double max;
};

/// An unsigned integer, decimal or 0x...; only `allowed` values where that list is not empty.
struct Integer {
  std::variant<std::uint32_t*, std::uint64_t*> at;
  std::string unit;
  std::uint64_t min{};
  std::uint64_t max{};
  std::vector<std::uint64_t> allowed{};
  bool hexadecimal = false;
};

/// on or off.
struct Switch {
  bool* at;
};

/// One of some names. `get` and `set` work on the index of the name.
struct Choice {
  std::vector<std::string> names;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};

/// A word: letters, digits and . _ - only, so that it can name a file.
struct Name {
  std::string* at;
};
constexpr std::size_t kLongestName = 64;

/// Words that whoever asked for them makes sense of.
struct Line {
  std::string* at;
};
bool isNameCharacter(char c);

/// The choice among the enumerators of E, whose values count up from 0 in the order of `names`.
template <class E>
Choice choice(E& value, std::vector<std::string> names) {
  return {std::move(names), [&value] { return static_cast<std::size_t>(value); },
          [&value](std::size_t index) { value = static_cast<E>(index); }};
}

/// The same in the order of `enumerators`, which are called `names`.
template <class E>
Choice choiceAmong(E& value, std::vector<E> enumerators, std::vector<std::string> names) {
  const auto get = [&value, enumerators] {
    const auto at = std::find(enumerators.begin(), enumerators.end(), value);
    return static_cast<std::size_t>(at - enumerators.begin());
  };
  return {std::move(names), get, [&value, enumerators](std::size_t index) { value = enumerators.at(index); }};
}

/// How a value may be turned to make the chip faster, and what that costs. Advice, sweeps and sensitivities
/// take their candidates from here.
struct Lever {
  enum class Cost : std::uint8_t {
    kNone,     ///< not to be turned: a format, a capacity, a place, a switch of the simulation
    kSilicon,  ///< area, pins, power or a better process, on a chip of the same size
    kSize,     ///< more of what the chip is made of: dies, banks
    kSchedule  ///< another order of work or another layout on the same chip
  };
  enum class Better : std::uint8_t { kMore, kLess, kEither };
  Cost cost = Cost::kNone;
  Better better = Better::kMore;  ///< of names and switches: the later (on) or the earlier (off) one
};

struct Field {
  std::string key;  ///< "section.key", or "key" at the top
  std::variant<Real, Integer, Switch, Choice, Name, Line> value;
  std::string meaning;
  Lever lever{};

  /// Takes the value over from text; false, and nothing changed, where the text is not what expectation()
  /// says.
  bool assign(const std::string& text);
  std::string expectation() const;      ///< "a number of GB/s from 0.001 to 1000000"
  std::string text() const;             ///< a YAML scalar that assign() takes back to the same value
  nlohmann::ordered_json json() const;  ///< likewise; addresses as hexadecimal strings

  /// The values one step of the lever away, as texts that assign() takes: numbers times or over
  /// kLeverFactor, within their range; of a list of allowed numbers the neighbour; names and switches all
  /// others in that direction. Empty: no lever, or it is at its end.
  std::vector<std::string> steps() const;

  std::string section() const {
    return key.substr(0, key.find('.') == std::string::npos ? 0 : key.find('.'));
  }
  std::string leaf() const { return key.substr(key.find('.') + 1); }
};

/// One step of a lever: large enough to be worth silicon, small enough to be built.
constexpr unsigned kLeverFactor = 2;

using Schema = std::vector<Field>;

/// The key of the schema that looks most like `key`, or "" where none does.
std::string closestKey(const Schema& schema, const std::string& key);

/// The closest of some names, or "" where none is close.
std::string closestName(const std::vector<std::string>& names, const std::string& name);

std::string dumpYaml(const Schema& schema);
nlohmann::ordered_json dumpJson(const Schema& schema);

}  // namespace pim::platform
