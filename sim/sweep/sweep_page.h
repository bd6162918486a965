#pragma once

#include <string>

#include "sim/sweep/sweep_summary.h"

namespace pim::sim {

/// report.html of a sweep: the points with what was varied and the main results, all results while these are
/// few.
std::string sweepPage(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns,
                      const SweepSummary& summary);

}  // namespace pim::sim
