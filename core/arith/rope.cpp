#include "core/arith/rope.h"

#include <cassert>

namespace pim {
namespace {

/// round(2^15 * sin(pi/2 * i/256)), i = 0..256. Written by pim_generate_tables.
constexpr std::int32_t kQuarterWave[] = {
#include "core/arith/rope_table.inc"
};
static_assert(sizeof kQuarterWave / sizeof *kQuarterWave == 257, "a quarter wave is 256 segments");

constexpr std::uint32_t kQuarterTurn = 1u << 30;

}  // namespace

std::int32_t ropeSin(std::uint32_t phase) {
  const std::uint32_t quadrant = phase >> 30;
  std::uint32_t u = phase & (kQuarterTurn - 1);
  if (quadrant & 1) u = kQuarterTurn - u;
  const std::uint32_t i = u >> 22;
  const std::int32_t fraction = static_cast<std::int32_t>((u >> 7) & 32767);
  std::int32_t value = kQuarterWave[i];
  if (i < 256) {
    const std::int64_t slope = kQuarterWave[i + 1] - kQuarterWave[i];
    value += static_cast<std::int32_t>(roundShift(slope * fraction, 15));
  }
  return quadrant & 2 ? -value : value;
}

std::int32_t ropeCos(std::uint32_t phase) {
  return ropeSin(phase + kQuarterTurn);
}

void rotateHead(Q16* head, std::uint32_t headDim, std::uint32_t position, const std::uint32_t* frequencies) {
  assert(headDim % 2 == 0);
  for (std::uint32_t j = 0; j < headDim / 2; ++j) {
    const std::uint32_t phase = position * frequencies[j];
    const std::int64_t sine = ropeSin(phase), cosine = ropeCos(phase);
    const std::int64_t a = head[2 * j], b = head[2 * j + 1];
    // |a|, |b| <= 2^31 and |sin|, |cos| <= 2^15: the sums stay below 2^47.
    head[2 * j] = sat32(roundShift(a * cosine - b * sine, 15));
    head[2 * j + 1] = sat32(roundShift(a * sine + b * cosine, 15));
  }
}

}  // namespace pim
