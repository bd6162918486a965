#include "sim/results/saturation.h"

#include <fmt/format.h>

#include <numeric>

namespace pim::sim {
namespace {

std::uint64_t sumOf(const ClippedValues& clipped) {
  return std::accumulate(clipped.begin(), clipped.end(), std::uint64_t{0});
}

}  // namespace

nlohmann::ordered_json saturationJson(const ClippedValues& clipped) {
  nlohmann::ordered_json by = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kClippedPlaces; ++i) {
    if (clipped[i] != 0) by[clippedPlaceName(static_cast<ClippedAt>(i))] = clipped[i];
  }
  return {{"values", sumOf(clipped)}, {"by", by}};
}

std::string saturationNotice(const ClippedValues& clipped) {
  if (sumOf(clipped) == 0) return "";
  std::string places;
  for (std::size_t i = 0; i < kClippedPlaces; ++i) {
    if (clipped[i] == 0) continue;
    places += fmt::format("{}{} {}", places.empty() ? "" : ", ", clippedPlaceName(static_cast<ClippedAt>(i)),
                          clipped[i]);
  }
  return fmt::format(
      "saturation: {} values were clipped where the chip's numbers end ({}): the tokens are not those of "
      "float "
      "arithmetic, whatever the bits of the weights",
      sumOf(clipped), places);
}

}  // namespace pim::sim
