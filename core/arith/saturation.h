#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/base/fixed_point.h"

namespace pim {

/// Operations whose results are clipped at the limits of their format (docs/numerics.md): +-32768 of Q15.16,
/// except for the cache.
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

/// Counts values that were clipped, from any thread. One count is enough, because a process simulates once.
void countClipped(ClippedAt place, std::uint64_t values);
ClippedValues clippedValues();

/// Returns whether a result is at the limit of Q15.16, which only clipping reaches.
inline bool isAtLimit(Q16 x) {
  return x == std::numeric_limits<Q16>::max() || x == std::numeric_limits<Q16>::min();
}

/// Counts the clipped values among n results.
void countAtLimit(ClippedAt place, const Q16* x, std::size_t n);

}  // namespace pim
