#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/points_table.h"

namespace pim::sim {

/// Two machines along a key that varies: who is ahead, and where that changes.
struct MachinePair {
  std::string first, second;  ///< presets
  std::string key;            ///< that varies beside them
  std::string sentence;       ///< the answer for people
  struct Change {
    std::string overtakes;  ///< the preset that is ahead from there on
    double at = 0;          ///< of the key, between the two points, as if both results were powers of it
    double before = 0, after = 0;
  };
  std::vector<Change> changes;
};

/// For a grid of presets and one key that is a number (others have one value): each pair of presets, compared
/// by the first objective where both ran. Empty for any other plan.
std::vector<MachinePair> comparePresets(const SweepPlan& plan, const ResultStore& store);

}  // namespace pim::sim
