#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pim::sim {

/// A result by its path, and which way is better.
struct Objective {
  std::string path;
  bool maximise = true;

  bool better(double a, double b) const { return maximise ? a > b : a < b; }
};

/// decode.tokens_per_second:max, energy.joules_per_token:min
std::vector<Objective> defaultObjectives();

/// "PATH:max" or "PATH:min"; "PATH" alone: max for rates ("..._per_second", "tokens_per_..."), else min.
/// UserError: anything else.
Objective parseObjective(const std::string& text);
std::string toText(const Objective& objective);

/// The indices of the points that no other point beats in one objective without being worse in another, in
/// ascending order. `values[i]` holds the objectives of point i; points with a NaN are never on the front. Of
/// points with equal values the first one is.
std::vector<std::size_t> paretoFront(const std::vector<Objective>& objectives,
                                     const std::vector<std::vector<double>>& values);

}  // namespace pim::sim
