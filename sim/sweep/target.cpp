#include "sim/sweep/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "platform/config/document.h"

namespace pim::sim {

double Target::ratio(const PointResult& result) const {
  const double number = result.number(path);
  if (std::isnan(number) || number <= 0) return 0;
  return atLeast ? number / value : value / number;
}

std::string Target::text() const {
  return fmt::format("{}{}{}", path, atLeast ? ">=" : "<=", value);
}

Target parseTarget(const std::string& text) {
  const std::size_t sign = text.find_first_of("<>");
  Target target;
  bool good = sign != std::string::npos && sign != 0 && text.size() > sign + 2 && text[sign + 1] == '=';
  if (good) {
    target.path = text.substr(0, sign);
    target.atLeast = text[sign] == '>';
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + sign + 2, end, target.value);
    good = error == std::errc{} && stop == end && std::isfinite(target.value) && target.value > 0;
  }
  if (!good)
    throw UserError(fmt::format("--target: expected PATH>=NUMBER or PATH<=NUMBER, a number above 0, got {}",
                                platform::quoted(text)));
  return target;
}

double worstRatio(const std::vector<Target>& targets, const PointResult& result) {
  double worst = std::numeric_limits<double>::infinity();
  for (const Target& target : targets) worst = std::min(worst, target.ratio(result));
  return worst;
}

}  // namespace pim::sim
