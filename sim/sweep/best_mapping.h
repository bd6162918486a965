#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/sweep/axis.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// Returns the keys that define the mapping of a model on a chip: those of `mapping` and `schedule` that
/// change only time. Each has the values that are valid for the chip by themselves. Other machines have none.
std::vector<Axis> mappingAxes(const Point& point);

/// Returns the seconds that the job of a point takes: its decode steps, its prefill, or both. Infinity if the
/// point cannot run.
double secondsOf(const PointJob& job, const PointResult& result);

/// Returns all data that determines the time of a job on a given chip, as bytes. Two mappings of a point with
/// the same bytes take the same time. UserError: the mapping does not fit.
std::string mappingSignature(const Point& point);

/// Simulates points, each in its own process, and returns the results in their order.
using RunPoints = std::function<std::vector<PointResult>(const std::vector<Point>&)>;

struct BestMapping {
  Point point;              ///< with the fastest mapping
  PointResult result;       ///< for that mapping; the last refusal if no mapping can run
  std::uint64_t runs = 0;   ///< simulations made
  std::uint64_t legal = 0;  ///< number of valid mappings
};

/// Finds the fastest mapping of a point among the mappings of mappingAxes().
///
/// Changes one key after another and keeps improvements, until a whole round brings none. Then tries all
/// combinations of fusions and tiles, which share BRAM, and those pairs of keys whose added gains come within
/// kMargin of the best. Starts again if one of them is faster. Mappings with the same signature are simulated
/// once.
BestMapping findBestMapping(const Point& point, const RunPoints& run);

}  // namespace pim::sim
