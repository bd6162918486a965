#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/sweep/axis.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// The keys that say how a model is mapped on a chip, each with the values that are legal for that chip by
/// themselves: those of `mapping` and `schedule` that change nothing but time. None on other machines.
std::vector<Axis> mappingAxes(const Point& point);

/// Seconds of what a point is about: its decode steps, its prefill, or both. Infinity where it cannot run.
double secondsOf(const PointJob& job, const PointResult& result);

/// What decides how long a job takes on a given chip, as bytes: two mappings of a point with the same text
/// take the same time. UserError: the mapping does not fit.
std::string mappingSignature(const Point& point);

/// Answers points, each in a process of its own, in their order.
using RunPoints = std::function<std::vector<PointResult>(const std::vector<Point>&)>;

struct BestMapping {
  Point point;              ///< with the mapping that is the fastest
  PointResult result;       ///< of that; the last refusal where no mapping can run
  std::uint64_t runs = 0;   ///< simulations made
  std::uint64_t legal = 0;  ///< mappings that there are
};

/// The mapping with which a point is the fastest, of all that mappingAxes() names.
///
/// It turns one key after the other and keeps what is better, until a whole round changes nothing; then it
/// looks at all combinations of fusions and tiles, which share BRAM, and at those pairs of keys whose gains,
/// added up, come within kMargin of the best; and starts over when that found something. Mappings with the
/// same signature are simulated once.
BestMapping findBestMapping(const Point& point, const RunPoints& run);

}  // namespace pim::sim
