#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/sweep/crossover.h"
#include "sim/sweep/points_table.h"

namespace pim::sim {

/// A point with its values of the objectives.
struct FrontPoint {
  std::uint64_t point = 0;
  std::vector<Change> changes;
  std::vector<double> values;
};

/// The findings of a sweep.
struct SweepSummary {
  std::uint64_t points = 0, ok = 0, refused = 0, failed = 0;
  std::string firstReason;  ///< of the first point without a result; empty: all ran
  std::vector<Objective> objectives;
  std::vector<FrontPoint>
      front;  ///< Pareto: nothing is better in one objective without being worse in another
  std::vector<MachinePair> machines;  ///< where one preset overtakes another
};

SweepSummary summarise(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns);

std::string toTable(const SweepSummary& summary);
nlohmann::ordered_json toJson(const SweepSummary& summary);

}  // namespace pim::sim
