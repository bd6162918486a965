#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pim::sim {

/// A point of a lattice: of each axis, the number of its value. Values are in the order of what they promise:
/// a higher number is a larger, faster, dearer part.
using LatticePoint = std::vector<std::uint32_t>;

/// What a lattice search asks.
struct LatticeProblem {
  std::vector<std::uint32_t> sizes;                 ///< values of each axis
  std::function<double(const LatticePoint&)> cost;  ///< cheap to ask
  /// Whether each of some points is good enough; expensive. Asked for each point at most once.
  std::function<std::vector<bool>(const std::vector<LatticePoint>&)> meets;
};

struct LatticeAnswer {
  std::optional<LatticePoint> best;  ///< nothing: not even the dearest values of all axes are good enough
  std::uint64_t asked = 0;           ///< points
};

/// Finds the point of least cost that is good enough, on the assumption that more of anything never makes a
/// point worse: then a point that fails rules out all below it, and one that does not all that cost as much.
/// Each step asks the points that rule out most whatever the answer is. Where the assumption does not hold
/// quite, a last step looks at the neighbours of what it has found and goes on from any that is cheaper and
/// good enough; what it returns has only neighbours that fail or cost more. Of points of equal cost the first
/// one in lexicographic order is best.
LatticeAnswer searchLattice(const LatticeProblem& problem);

/// Most points that a lattice may have.
constexpr std::uint64_t kLargestLattice = 200'000;

}  // namespace pim::sim
