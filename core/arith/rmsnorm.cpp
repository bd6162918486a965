#include "core/arith/rmsnorm.h"

#include <algorithm>
#include <cassert>

namespace pim {

std::uint64_t integerSquareRoot(UInt128 x) {
  UInt128 root = 0;
  UInt128 bit = UInt128{1} << 126;
  while (bit > x) bit >>= 2;
  for (; bit != 0; bit >>= 2) {
    if (x >= root + bit) {
      x -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return static_cast<std::uint64_t>(root);
}

void rmsNorm(const Q16* x, const Q16* gain, std::uint32_t n, std::uint32_t eps32, Q16* y) {
  if (n == 0) return;
  assert(n <= kMaxNormLength && eps32 > 0);
  UInt128 squares = 0;
  for (std::uint32_t i = 0; i < n; ++i) squares += static_cast<std::uint64_t>(std::int64_t{x[i]} * x[i]);
  assert(squares >> 80 == 0);

  const UInt128 mean = squares / n + eps32;
  // mean >= 1, so root >= 2^8 and inverse <= 2^48. |x| < sqrt(n * mean) * sqrt(2), so |x| * inverse is below
  // sqrt(2n) * 2^48 <= 2^56.5.
  const std::uint64_t root = std::max<std::uint64_t>(1, integerSquareRoot(mean << 16));
  const std::uint64_t inverse = ((std::uint64_t{1} << 56) + root / 2) / root;
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::int64_t t = roundShift(x[i] * static_cast<std::int64_t>(inverse), 24);
    y[i] = sat32Wide(roundShiftWide(Int128{t} * gain[i], 24));
  }
}

}  // namespace pim
