#include "sim/timeline/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/base/error.h"

namespace pim::sim {
namespace {

constexpr const char* kSeparator = "..";

/// Splits a text at a separator; without one, both parts are the text.
std::pair<std::string, std::string> split(const std::string& text, const std::string& separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return {text, text};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

}  // namespace

TimelineWindow::TimelineWindow(const std::string& option, const std::string& text)
    : m_option(option), m_text(text) {
  std::istringstream items(text);
  bool any = false;
  for (std::string item; std::getline(items, item, ','); any = true) read(item);
  if (!any) refuse(text);
}

void TimelineWindow::read(const std::string& item) {
  const std::size_t equals = item.find('=');
  const std::string name = item.substr(0, equals);
  const bool bare = equals == std::string::npos;
  const std::string value = bare ? "" : item.substr(equals + 1);
  constexpr Range kEvery{0, UINT64_MAX, 1};
  if (name == "all" && bare) {
    m_prefill.push_back(kEvery);
    m_decode.push_back(kEvery);
  } else if (name == "prefill" || name == "decode") {
    (name == "prefill" ? m_prefill : m_decode).push_back(bare ? kEvery : range(value));
    m_everyToken = false;
  } else if (name == "layer" && !bare) {
    m_layers.push_back(range(value));
  } else if (name == "time" && !bare && value.find(kSeparator) != std::string::npos) {
    const auto [from, to] = split(value, kSeparator);
    m_from = time(from);
    m_to = time(to);
    if (m_from >= m_to) refuse(item);
  } else {
    refuse(item);
  }
}

TimelineWindow::Range TimelineWindow::range(const std::string& text) const {
  const auto number = [&](const std::string& digits) -> std::uint64_t {
    constexpr std::size_t kMostDigits = 12;
    const bool whole = !digits.empty() && digits.size() <= kMostDigits &&
                       digits.find_first_not_of("0123456789") == std::string::npos;
    if (!whole) refuse(text);
    return std::stoull(digits);
  };
  const bool stepped = text.find(':') != std::string::npos;
  const auto [bounds, step] = split(text, ":");
  const auto [first, last] = split(bounds, kSeparator);
  const Range result{number(first), number(last), stepped ? number(step) : 1};
  if (result.first > result.last || result.step == 0) refuse(text);
  return result;
}

Picoseconds TimelineWindow::time(const std::string& text) const {
  static const std::vector<std::pair<std::string, double>> kUnits{
      {"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
  std::size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    refuse(text);
  }
  const std::string unit = text.substr(used);
  const auto found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& known) { return known.first == unit; });
  constexpr double kMost = 9e18;  // limit of Picoseconds
  if (found == kUnits.end() || !(value >= 0) || value * found->second > kMost) refuse(text);
  return std::llround(value * found->second);
}

bool TimelineWindow::isOver(std::uint64_t token, Picoseconds now) const {
  const auto comes = [token](const Range& tokens) { return tokens.last >= token; };
  return now >= m_to || (!m_everyToken && std::none_of(m_decode.begin(), m_decode.end(), comes));
}

bool TimelineWindow::contains(const std::vector<Range>& ranges, std::uint64_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
    return value >= range.first && value <= range.last && (value - range.first) % range.step == 0;
  });
}

void TimelineWindow::refuse(const std::string& item) const {
  throw UserError(fmt::format(
      "{}: expected all, prefill[=TILES], decode[=TOKENS], layer=LAYERS, time=FROM..TO with units, such as "
      "'{}', got '{}'",
      m_option, kDefault, item));
}

}  // namespace pim::sim
