#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_directory.h"

namespace pim::sim {

/// The points of a plan that one process has to see to.
struct PointRange {
  std::uint64_t begin = 0, end = 0;
};

/// The answer to one point of a plan, by simulating it in this process. With `keptIn` its whole result goes
/// there, too, as NUMBER.json. Nothing that is wrong with the point is an exception.
PointResult evaluate(const SweepPlan& plan, std::uint64_t point, const std::optional<std::string>& keptIn);

/// Simulates the points of the range that the store has no answer for, `jobs` at a time, each in a process of
/// its own, and keeps the answers. `done` is called after each.
void runPoints(const SweepDirectory& directory, ResultStore& store, PointRange range, unsigned jobs,
               const std::function<void()>& done);

}  // namespace pim::sim
