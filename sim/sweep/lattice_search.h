#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pim::sim {

/// A point of a lattice: for each axis, the index of its value. Values are in ascending order of performance:
/// a higher index is a larger, faster, more expensive part.
using LatticePoint = std::vector<std::uint32_t>;

/// A lattice search problem.
struct LatticeProblem {
  std::vector<std::uint32_t> sizes;                 ///< number of values per axis
  std::function<double(const LatticePoint&)> cost;  ///< fast to compute
  /// Returns for each of some points whether it is good enough; expensive. Called at most once per point.
  std::function<std::vector<bool>(const std::vector<LatticePoint>&)> meets;
};

struct LatticeAnswer {
  std::optional<LatticePoint> best;  ///< nothing: not even the maximum of all axes is good enough
  std::uint64_t asked = 0;           ///< points that were asked for
};

/// Finds the cheapest point that is good enough. It assumes that a higher index never makes a point worse: a
/// point that fails then excludes all points below it, and a point that is good enough excludes all that cost
/// at least as much. Each step asks for the points that exclude the most in either case. Because the
/// assumption may be violated slightly, a last step examines the neighbours of the result and continues from
/// any that is cheaper and good enough. All neighbours of the returned point fail or cost more. Of points of
/// equal cost, the first one in lexicographic order counts as cheaper.
LatticeAnswer searchLattice(const LatticeProblem& problem);

/// Largest number of points of a lattice.
constexpr std::uint64_t kLargestLattice = 200'000;

}  // namespace pim::sim
