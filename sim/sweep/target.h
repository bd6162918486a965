#pragma once

#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace pim::sim {

/// A condition for a result: a number, named by its path, must be at least or at most a bound.
struct Target {
  std::string path;
  bool atLeast = true;
  double value = 0;

  /// Returns how well a result meets the condition: the ratio of the actual to the required value, or its
  /// inverse for an upper bound; 1 or more meets it. Returns 0 if the result does not have the number.
  double ratio(const PointResult& result) const;
  bool metBy(const PointResult& result) const { return ratio(result) >= 1; }
  std::string text() const;  ///< "decode.tokens_per_second>=50"
};

/// Parses "PATH>=NUMBER" or "PATH<=NUMBER" with a number above 0. UserError: any other text.
Target parseTarget(const std::string& text);

/// Returns the ratio of the target that is met worst; if it is 1 or more, all targets are met.
double worstRatio(const std::vector<Target>& targets, const PointResult& result);

}  // namespace pim::sim
