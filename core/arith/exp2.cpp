#include "core/arith/exp2.h"

#include <cassert>

namespace pim {
namespace {

/// round(2^15 * 2^(-k/32)), k = 0..32. Written by pim_generate_tables.
constexpr std::uint32_t kSamples[] = {
#include "core/arith/exp2_table.inc"
};
static_assert(sizeof kSamples / sizeof *kSamples == 33, "32 segments need 33 samples");

}  // namespace

std::uint32_t exp2Fraction(std::uint32_t t) {
  assert(t <= 65535);
  const std::uint32_t segment = (t >> 6) & 31;
  const std::uint32_t rest = t & 63;
  const std::uint32_t slope = kSamples[segment] - kSamples[segment + 1];
  return kSamples[segment] - ((slope * rest + 32) >> 6);
}

std::uint32_t exp2neg(std::uint32_t t) {
  const std::uint32_t octave = t >> 11;
  return (exp2Fraction(t) + ((1u << octave) >> 1)) >> octave;
}

}  // namespace pim
