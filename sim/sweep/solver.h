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

/// The cheapest chip that meets some targets.
struct SolveProblem {
  std::vector<Target> targets;
  std::vector<Axis> free;  ///< keys that may be chosen, and the values that they may take
  Cost cost;
};

/// A point next to the answer, one step cheaper in one key.
struct Neighbour {
  std::vector<Change> changes;
  std::string key;  ///< that differs
  PointResult result;
  std::vector<Target> missed;  ///< empty: it cannot run, or is good enough but dearer
};

struct SolveAnswer {
  bool solved = false;
  std::vector<Change> changes;  ///< the design; of what comes nearest where nothing meets the targets
  PointResult result;
  double cost = 0;
  std::vector<Neighbour> evidence;  ///< what is cheaper by one step of one key
  std::uint64_t runs = 0;           ///< points simulated
  std::uint64_t grid = 0;           ///< points that there are
};

/// Orders each axis from what promises least to what promises most. By cost; where that does not differ,
/// smaller numbers come first but for keys of time (..._ns), which come last. UserError: too many points.
SolveAnswer solve(const SolveProblem& problem, Evaluator& evaluator);

}  // namespace pim::sim
