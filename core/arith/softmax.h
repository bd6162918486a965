#pragma once

#include <cstdint>

/// Softmax of scores in powers of two: int32, 11 fraction bits. Probabilities are Q0.16.
namespace pim {

/// Part of a row: the tokens one bank holds. A segment may be empty.
struct ScoreSegment {
  const std::int32_t* scores;
  std::uint16_t* probabilities;  ///< may start where the scores start (in place)
  std::uint32_t count;
};

/// One row in `segments` parts; at most 2^17 scores in all.
void softmax(const ScoreSegment* segments, std::uint32_t segmentCount);

/// One row in one piece.
void softmax(const std::int32_t* scores, std::uint32_t count, std::uint16_t* probabilities);

}  // namespace pim
