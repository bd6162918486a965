#pragma once

#include <string>

#include "sim/sweep/sweep_summary.h"

namespace pim::sim {

/// Makes report.html of a sweep: the points with their varied keys and main results, or with all results if
/// these are few.
std::string sweepPage(const SweepPlan& plan, const ResultStore& store, const ResultColumns& columns,
                      const SweepSummary& summary);

}  // namespace pim::sim
