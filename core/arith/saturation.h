#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/base/fixed_point.h"

namespace pim {

/// Operations whose results are clipped where their format ends (docs/numerics.md): +-32768 of Q15.16 for all
/// but the cache.
enum class ClippedAt : std::uint8_t {
  Matrix,     ///< results of a matrix, partial sums included
  Score,      ///< attention scores
  Attention,  ///< P * V
  Residual,
  Norm,
  Mlp,  ///< SiLU(gate) * up
  Rotation,
  Embedding,
  Cache  ///< codes of K and V: beyond 2048 with 16 bits, 254 with 8, 240 with 4
};
constexpr std::size_t kClippedPlaces = 9;
const char* clippedPlaceName(ClippedAt place);

using ClippedValues = std::array<std::uint64_t, kClippedPlaces>;

/// Counts values that were clipped, from any thread. A process simulates once, so one count serves it.
void countClipped(ClippedAt place, std::uint64_t values);
ClippedValues clippedValues();

/// Whether a result stands at the end of Q15.16, where only clipping brings it.
inline bool isAtLimit(Q16 x) {
  return x == std::numeric_limits<Q16>::max() || x == std::numeric_limits<Q16>::min();
}

/// Counts those among n results.
void countAtLimit(ClippedAt place, const Q16* x, std::size_t n);

}  // namespace pim
