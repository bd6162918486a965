#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/points_table.h"

namespace pim::sim {

/// Compares two machines along a key: which one is ahead, and at which value this changes.
struct MachinePair {
  std::string first, second;  ///< presets
  std::string key;            ///< the key that varies in addition
  std::string sentence;       ///< the answer for people
  struct Change {
    std::string overtakes;  ///< the preset that is ahead from there on
    double at = 0;          ///< value of the key, interpolated as if both results were powers of it
    double before = 0, after = 0;
  };
  std::vector<Change> changes;
};

/// Compares each pair of presets by the first objective, at the points where both ran. The plan must be a
/// grid of presets and one numeric key; other keys have one value. Returns nothing for any other plan.
std::vector<MachinePair> comparePresets(const SweepPlan& plan, const ResultStore& store);

}  // namespace pim::sim
