#pragma once

#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace pim::sim {

/// What a result has to be: a number by its path, at least or at most.
struct Target {
  std::string path;
  bool atLeast = true;
  double value = 0;

  /// How well a result meets it: 1 or more does, less misses; the ratio of what is there to what is wanted,
  /// or the other way round. 0 where the result has no such number.
  double ratio(const PointResult& result) const;
  bool metBy(const PointResult& result) const { return ratio(result) >= 1; }
  std::string text() const;  ///< "decode.tokens_per_second>=50"
};

/// "PATH>=NUMBER" or "PATH<=NUMBER" with a number above 0. UserError: anything else.
Target parseTarget(const std::string& text);

/// The ratio of the target that is missed by most; 1 or more: all are met.
double worstRatio(const std::vector<Target>& targets, const PointResult& result);

}  // namespace pim::sim
