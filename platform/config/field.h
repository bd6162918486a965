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

// A schema is a list of fields. A field is used for parsing, range check, output and documentation, so that
// each key is described once. Fields point into the object for which they were made; it must outlive them.

/// A real number. `unit` may be empty.
struct Real {
  double* at;
  std::string unit;
  double min;
  double max;
};

/// An unsigned integer, decimal or 0x... If `allowed` is not empty, only its values are valid.
struct Integer {
  std::variant<std::uint32_t*, std::uint64_t*> at;
  std::string unit;
  std::uint64_t min{};
  std::uint64_t max{};
  std::vector<std::uint64_t> allowed{};
  bool hexadecimal = false;
};

/// A switch: on or off.
struct Switch {
  bool* at;
};

/// One of some names. `get` and `set` work on the index of the name.
struct Choice {
  std::vector<std::string> names;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};

/// A word of letters, digits and . _ - only, so that it can name a file.
struct Name {
  std::string* at;
};
constexpr std::size_t kLongestName = 64;

/// A number, or a file with one number per part. Text that is not a number and looks like a path is a file.
struct NumberOrFile {
  std::uint32_t* number;
  std::string* file;  ///< empty: the number is valid
  std::string unit;
  std::vector<std::uint64_t> allowed;
};

/// Free text; the code that uses the key checks it.
struct Line {
  std::string* at;
};
bool isNameCharacter(char c);

/// Makes the Choice for an enum E, whose values count up from 0 in the order of `names`.
template <class E>
Choice choice(E& value, std::vector<std::string> names) {
  return {std::move(names), [&value] { return static_cast<std::size_t>(value); },
          [&value](std::size_t index) { value = static_cast<E>(index); }};
}

/// The same for an enum whose values are `enumerators`, with these `names`.
template <class E>
Choice choiceAmong(E& value, std::vector<E> enumerators, std::vector<std::string> names) {
  const auto get = [&value, enumerators] {
    const auto at = std::find(enumerators.begin(), enumerators.end(), value);
    return static_cast<std::size_t>(at - enumerators.begin());
  };
  return {std::move(names), get, [&value, enumerators](std::size_t index) { value = enumerators.at(index); }};
}

/// The direction in which a value makes the chip faster, and the cost of the change. Advice, sweeps and
/// sensitivities read their candidates from here.
struct Lever {
  enum class Cost : std::uint8_t {
    kNone,     ///< no lever: a format, a capacity, an address, a switch of the simulation
    kSilicon,  ///< area, pins, power or a better process, on a chip of the same size
    kSize,     ///< more of the chip's parts: dies, banks
    kSchedule  ///< another order of work or another layout on the same chip
  };
  enum class Better : std::uint8_t { kMore, kLess, kEither };
  Cost cost = Cost::kNone;
  Better better = Better::kMore;  ///< for names and switches: the later (on) or the earlier (off) one
};

struct Field {
  std::string key;  ///< "section.key", or "key" at the top
  std::variant<Real, Integer, Switch, Choice, Name, Line, NumberOrFile> value;
  std::string meaning;
  Lever lever{};

  /// Assigns the value in `text`. Returns false and changes nothing if the text does not match expectation().
  bool assign(const std::string& text);
  std::string expectation() const;      ///< "a number of GB/s from 0.001 to 1000000"
  std::string text() const;             ///< a YAML scalar that assign() converts back to the same value
  nlohmann::ordered_json json() const;  ///< as text(); addresses as hexadecimal strings

  /// Returns the values one step away in the direction of the lever, as texts for assign(). A number is
  /// multiplied or divided by kLeverFactor within its range, or replaced by the next allowed number; names
  /// and switches give all values in that direction. Empty if the key is no lever or is at its limit.
  std::vector<std::string> steps() const;

  std::string section() const {
    return key.substr(0, key.find('.') == std::string::npos ? 0 : key.find('.'));
  }
  std::string leaf() const { return key.substr(key.find('.') + 1); }
};

/// Factor of one step of a lever.
constexpr unsigned kLeverFactor = 2;

using Schema = std::vector<Field>;

/// Returns the key of the schema that is most similar to `key`; "" if none is similar.
std::string closestKey(const Schema& schema, const std::string& key);

/// Returns the most similar of some names; "" if none is similar.
std::string closestName(const std::vector<std::string>& names, const std::string& name);

std::string dumpYaml(const Schema& schema);
nlohmann::ordered_json dumpJson(const Schema& schema);

}  // namespace pim::platform
