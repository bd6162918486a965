#include "core/arith/mac.h"

#include <cassert>

namespace pim {
namespace {

// Width of the sums with 4 bits: |q - z| <= 15, |m| <= 2^15, and a group has up to 2^7 weights. The dot
// product of a group is below 15 * 2^22 < 2^26 and fits into 32 bits. Multiplied by a scale below 2^16 and a
// shift up to 2^12, it is below 2^54 for a group of 128 (2^52 for 32). K = 65536 has 2^9 such groups (2^11):
// below 2^63.
static_assert(std::int64_t{15} * 32768 * kMaxGroup < (std::int64_t{1} << 26), "a group's dot fits 32 bits");
static_assert(std::int64_t{255} * 32768 * kMaxGroup < (std::int64_t{1} << 31), "and that of 8-bit codes");
static_assert((Int128{15} * 32768 * kMaxK * 65535 << kMaxActivationShift) < (Int128{1} << 63),
              "a row's sum fits 64 bits");

std::int64_t scaled(std::int32_t dot, std::uint16_t scale, int shift) {
  return dot * (std::int64_t{scale} << shift);
}

}  // namespace

std::uint32_t largestExactK(const WeightFormat& format, std::uint32_t activationBits) {
  const Int128 weight = format.zeroBits == 0 ? format.symmetricZero() : format.largestCode();
  const Int128 product = weight << (activationBits - 1);  // times the largest mantissa, rounded up
  const Int128 term = product * 65535 << kMaxActivationShift;
  const Int128 most = ((Int128{1} << 63) - 1) / term;
  return most < kMaxK ? static_cast<std::uint32_t>(most) : kMaxK;
}

std::int64_t macRow(const WeightRowView& weights, const ActivationView& activation) {
  assert(weights.k() == activation.k() && weights.group() == activation.group() && weights.k() <= kMaxK);
  std::int64_t sum = 0;
  for (std::uint32_t g = 0; g < weights.groups(); ++g) {
    std::int32_t dot = 0;
    for (std::uint32_t i = g * weights.group(); i < (g + 1) * weights.group(); ++i)
      dot += (weights.code(i) - weights.zero(g)) * activation.mantissa(i);
    assert(activation.shift(g) <= kMaxActivationShift);
    sum += scaled(dot, weights.scale(g), activation.shift(g));
  }
  return sum;
}

}  // namespace pim
