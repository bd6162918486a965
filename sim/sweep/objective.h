#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pim::sim {

/// A result, named by its path, and the direction that is better.
struct Objective {
  std::string path;
  bool maximise = true;

  bool better(double a, double b) const { return maximise ? a > b : a < b; }
};

/// decode.tokens_per_second:max, energy.joules_per_token:min
std::vector<Objective> defaultObjectives();

/// Parses "PATH:max" or "PATH:min"; for "PATH" alone, rates ("..._per_second", "tokens_per_...") are
/// maximised and others minimised. UserError: any other text.
Objective parseObjective(const std::string& text);
std::string toText(const Objective& objective);

/// The indices, in ascending order, of the points on the Pareto front: no other point is better in one
/// objective without being worse in another. `values[i]` holds the objectives of point i; points with a NaN
/// are never on the front. Of points with equal values, only the first is on the front.
std::vector<std::size_t> paretoFront(const std::vector<Objective>& objectives,
                                     const std::vector<std::vector<double>>& values);

}  // namespace pim::sim
