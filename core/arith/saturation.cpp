#include "core/arith/saturation.h"

#include <atomic>

namespace pim {
namespace {

std::array<std::atomic<std::uint64_t>, kClippedPlaces>& counts() {
  static std::array<std::atomic<std::uint64_t>, kClippedPlaces> values{};
  return values;
}

}  // namespace

const char* clippedPlaceName(ClippedAt place) {
  static constexpr std::array<const char*, kClippedPlaces> kNames = {
      "matrix", "score", "attention", "residual", "norm", "mlp", "rotation", "embedding", "cache"};
  return kNames[static_cast<std::size_t>(place)];
}

void countClipped(ClippedAt place, std::uint64_t values) {
  if (values != 0) counts()[static_cast<std::size_t>(place)].fetch_add(values, std::memory_order_relaxed);
}

ClippedValues clippedValues() {
  ClippedValues values{};
  for (std::size_t i = 0; i < kClippedPlaces; ++i) values[i] = counts()[i].load(std::memory_order_relaxed);
  return values;
}

void countAtLimit(ClippedAt place, const Q16* x, std::size_t n) {
  std::uint64_t clipped = 0;
  for (std::size_t i = 0; i < n; ++i) clipped += isAtLimit(x[i]) ? 1 : 0;
  countClipped(place, clipped);
}

}  // namespace pim
