#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_directory.h"

namespace pim::sim {

/// The points of a plan that one process must simulate.
struct PointRange {
  std::uint64_t begin = 0, end = 0;
};

/// Simulates one point of a plan in this process. If `keptIn` is given, writes its complete result there as
/// NUMBER.json. An invalid point gives an answer, not an exception.
PointResult evaluate(const SweepPlan& plan, std::uint64_t point, const std::optional<std::string>& keptIn);

/// Simulates the points of the range for which the store has no answer, `jobs` at a time, each in its own
/// process, and stores the answers. Calls `done` after each.
void runPoints(const SweepDirectory& directory, ResultStore& store, PointRange range, unsigned jobs,
               const std::function<void()>& done);

}  // namespace pim::sim
