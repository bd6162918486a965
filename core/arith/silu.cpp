#include "core/arith/silu.h"

#include <algorithm>

#include "core/arith/exp2.h"

namespace pim {
namespace {

/// log2(e) in Q16.
constexpr std::int64_t kLog2E = 94548;

/// sigmoid(g) in Q16, 0..65536.
std::int64_t sigmoid(Q16 g) {
  const std::int64_t t = std::min<std::int64_t>(65535, roundShift(magnitude(g) * kLog2E, 21));
  const std::int64_t decay = exp2neg(static_cast<std::uint32_t>(t));
  const std::int64_t denominator = 32768 + decay;
  const std::int64_t numerator = g < 0 ? decay : 32768;
  return ((numerator << 16) + denominator / 2) / denominator;
}

}  // namespace

void siluMul(const Q16* gate, const Q16* up, std::uint32_t n, Q16* y) {
  for (std::uint32_t i = 0; i < n; ++i) {
    // sigmoid <= 2^16: the first product is below 2^48, its rounded value below 2^32, the second product
    // below 2^63.
    const std::int64_t silu = roundShift(gate[i] * sigmoid(gate[i]), 16);
    y[i] = sat32(roundShift(silu * up[i], 16));
  }
}

}  // namespace pim
