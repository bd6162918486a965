#pragma once

#include <nlohmann/json.hpp>

#include "sim/analysis/layer_schedule.h"
#include "sim/analysis/operation_profile.h"
#include "sim/results/report_data.h"

namespace pim::sim {

/// What a report page shows of a run beyond the keys of its result:
///
///     headline    sentences: what came out, and what bounds it
///     remedies    to each of them: what shortens that, and which settings help most
///     peaks       what the chip could do at best
///     operations  phase, step and unit of the commands; what they took and did, over the whole run
///     bank_busy   share of the run in which each bank was busy, [die][bank]
///     schedule    the middle layer of the first decode token: which units work when, on what
///     per_token   [tokens attended to, seconds] of decode tokens; at most kMostPoints of them, evenly spread
///     analysis    context and rows of the quantitative analysis at the mean context of the decode
///
/// Keys that do not apply are absent.
nlohmann::ordered_json reportSeries(const Report& report, const OperationProfile& operations,
                                    const LayerSchedule& schedule);

constexpr std::size_t kMostPoints = 400;

}  // namespace pim::sim
