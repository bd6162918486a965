#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/axis.h"
#include "sim/sweep/evaluator.h"
#include "sim/sweep/target.h"

namespace pim::sim {

/// A price of a configuration.
using Cost = std::function<double(const platform::Config&)>;

/// A search for the cheapest chip that meets the targets.
struct SolveProblem {
  std::vector<Target> targets;
  std::vector<Axis> free;  ///< keys to choose, with their allowed values
  Cost cost;
};

/// A point next to the answer, one step cheaper in one key.
struct Neighbour {
  std::vector<Change> changes;
  std::string key;  ///< that differs
  PointResult result;
  std::vector<Target> missed;  ///< empty: the point cannot run, or meets the targets at a higher cost
};

struct SolveAnswer {
  bool solved = false;
  std::vector<Change> changes;  ///< the design; if nothing meets the targets, the nearest one
  PointResult result;
  double cost = 0;
  std::vector<Neighbour> evidence;  ///< the points that are cheaper by one step of one key
  std::uint64_t runs = 0;           ///< points simulated
  std::uint64_t grid = 0;           ///< all points
  bool exhaustive = false;          ///< not solved: every point was simulated
};

/// Finds the design. Orders the values of each axis by cost. Values of equal cost are in the order in which
/// they make the chip faster (Lever), else in ascending order.
///
/// The search assumes that a dearer value never makes a point worse. Where even the dearest point misses the
/// targets (one may be an upper limit, or a dearer value may need more room), it looks on without this
/// assumption: from the cheapest point on, at every point of the grid, or at kMostTried points spread over
/// it. UserError: too many points; a target that no result has.
SolveAnswer solve(const SolveProblem& problem, Evaluator& evaluator);

}  // namespace pim::sim
