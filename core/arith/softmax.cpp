#include "core/arith/softmax.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "core/arith/exp2.h"
#include "core/base/fixed_point.h"

namespace pim {
namespace {

// Reads a score byte by byte: scores and probabilities may overlap in memory, and typed accesses must not.
std::int32_t scoreAt(const ScoreSegment& segment, std::uint32_t i) {
  std::int32_t score;
  std::memcpy(&score, segment.scores + i, sizeof score);
  return score;
}

std::uint32_t weightOf(std::int32_t score, std::int32_t highest) {
  const std::int64_t distance = std::int64_t{highest} - score;
  return exp2neg(static_cast<std::uint32_t>(std::min<std::int64_t>(65535, distance)));
}

}  // namespace

void softmax(const ScoreSegment* segments, std::uint32_t segmentCount) {
  std::int32_t highest = std::numeric_limits<std::int32_t>::min();
  for (std::uint32_t s = 0; s < segmentCount; ++s)
    for (std::uint32_t i = 0; i < segments[s].count; ++i)
      highest = std::max(highest, scoreAt(segments[s], i));

  std::uint64_t sum = 0;
  for (std::uint32_t s = 0; s < segmentCount; ++s)
    for (std::uint32_t i = 0; i < segments[s].count; ++i) sum += weightOf(scoreAt(segments[s], i), highest);
  if (sum == 0) return;
  // The highest score alone has weight 2^15, so the reciprocal is at most 2^31 and its product with a weight
  // at most 2^46.
  assert(sum >= 32768 && sum <= std::uint64_t{1} << 32);
  const std::uint64_t reciprocal = ((std::uint64_t{1} << 46) + sum / 2) / sum;

  for (std::uint32_t s = 0; s < segmentCount; ++s) {
    auto* to = reinterpret_cast<std::uint8_t*>(segments[s].probabilities);
    // Ascending order: in place, probability i overwrites score i/2, which has already been read.
    for (std::uint32_t i = 0; i < segments[s].count; ++i) {
      const auto product = static_cast<std::int64_t>(weightOf(scoreAt(segments[s], i), highest) * reciprocal);
      storeU16(to + 2 * i,
               static_cast<std::uint16_t>(std::min<std::int64_t>(65535, roundShift(product, 30))));
    }
  }
}

void softmax(const std::int32_t* scores, std::uint32_t count, std::uint16_t* probabilities) {
  const ScoreSegment whole{scores, probabilities, count};
  softmax(&whole, 1);
}

}  // namespace pim
