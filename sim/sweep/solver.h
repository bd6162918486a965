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
};

/// Finds the design. Orders the values of each axis by cost. Values of equal cost are in ascending order, or
/// in descending order for times (..._ns). UserError: too many points.
SolveAnswer solve(const SolveProblem& problem, Evaluator& evaluator);

}  // namespace pim::sim
