#include "sim/sweep/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "sim/sweep/variables.h"

namespace pim::sim {
namespace {

constexpr std::uint32_t kMostSteps = 100000;

struct Range {
  double from, to;
  bool logarithmic;
  std::string count;  ///< text after log or lin
};

std::optional<double> numberOf(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

[[noreturn]] void refuse(const std::string& place, const std::string& key, const std::string& text,
                         const char* forms) {
  throw UserError(fmt::format("{}: {}: expected {}, got {}", place, key, forms, platform::quoted(text)));
}

/// Parses a range; nothing if the text has another form.
std::optional<Range> parseRange(const std::string& text) {
  const std::size_t dots = text.find(".."), colon = text.rfind(':');
  if (dots == std::string::npos || colon == std::string::npos || colon < dots) return std::nullopt;
  const auto from = numberOf(std::string_view(text).substr(0, dots));
  const auto to = numberOf(std::string_view(text).substr(dots + 2, colon - dots - 2));
  const std::string kind = text.substr(colon + 1, 3);
  if (!from || !to || (kind != "log" && kind != "lin")) return std::nullopt;
  const bool logarithmic = kind == "log";
  if (logarithmic && (*from <= 0 || *to <= 0)) return std::nullopt;
  return Range{*from, *to, logarithmic, text.substr(colon + 4)};
}

/// Returns the number at `share` (0..1) of the range.
double within(double from, double to, bool logarithmic, double share) {
  return logarithmic ? std::exp(std::log(from) + share * (std::log(to) - std::log(from)))
                     : from + share * (to - from);
}

std::vector<std::string> parseList(const std::string& key, const std::string& text, const std::string& place,
                                   const char* forms) {
  std::vector<std::string> values;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    values.push_back(text.substr(at, comma - at));
    if (values.back().empty()) refuse(place, key, text, forms);
    requireValue(key, values.back(), place);
    at = comma + 1;
  }
  return values;
}

/// Returns a number of a range in the form that the key accepts.
std::string valueOf(const std::string& key, double number, const std::string& place) {
  const auto nearest = nearestValue(key, number);
  if (!nearest) requireKey(key, place);
  if (!nearest)
    throw UserError(
        fmt::format("{}: {}: expected a list of values, as this key takes no numbers", place, key));
  requireValue(key, *nearest, place);
  return *nearest;
}

/// Returns 64 pseudo-random bits: the finaliser of SplitMix64 (Steele et al., OOPSLA 2014).
std::uint64_t scrambled(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

std::uint64_t hashOf(const std::string& text) {
  std::uint64_t hash = 0;
  for (const char c : text) hash = scrambled(hash ^ static_cast<unsigned char>(c));
  return hash;
}

}  // namespace

Axis parseAxis(const std::string& key, const std::string& text, const std::string& place) {
  constexpr const char* kForms = "V1,V2,... or FROM..TO:logN or FROM..TO:linN";
  Axis axis{key, {}};
  const auto range = parseRange(text);
  if (!range) {
    if (text.find("..") != std::string::npos) refuse(place, key, text, kForms);
    axis.values = parseList(key, text, place, kForms);
    return axis;
  }
  const auto steps = numberOf(range->count);
  if (!steps || *steps < 1 || *steps > kMostSteps || *steps != std::floor(*steps))
    refuse(place, key, text, kForms);
  const auto count = static_cast<std::uint32_t>(*steps);
  for (std::uint32_t i = 0; i < count; ++i) {
    const double share = count == 1 ? 0 : static_cast<double>(i) / (count - 1);
    std::string value = valueOf(key, within(range->from, range->to, range->logarithmic, share), place);
    if (axis.values.empty() || axis.values.back() != value) axis.values.push_back(std::move(value));
  }
  return axis;
}

RandomKey parseRandomKey(const std::string& key, const std::string& text, const std::string& place) {
  constexpr const char* kForms = "V1,V2,... or FROM..TO:log or FROM..TO:lin";
  RandomKey random{key, {}, 0, 0, false};
  const auto range = parseRange(text);
  if (!range || !range->count.empty()) {
    if (text.find("..") != std::string::npos) refuse(place, key, text, kForms);
    random.values = parseList(key, text, place, kForms);
    return random;
  }
  random.from = range->from;
  random.to = range->to;
  random.logarithmic = range->logarithmic;
  valueOf(key, range->from, place);  // if both ends are valid, all values between them are
  valueOf(key, range->to, place);
  return random;
}

std::string drawSample(const RandomKey& random, std::uint64_t seed, std::uint64_t sample) {
  const std::uint64_t bits = scrambled(scrambled(scrambled(seed) ^ sample) ^ hashOf(random.key));
  const double share = static_cast<double>(bits >> 11) * 0x1p-53;  // [0, 1)
  if (!random.values.empty())
    return random.values[static_cast<std::size_t>(share * static_cast<double>(random.values.size()))];
  return *nearestValue(random.key, within(random.from, random.to, random.logarithmic, share));
}

}  // namespace pim::sim
