#pragma once

#include <nlohmann/json.hpp>

#include "sim/analysis/layer_schedule.h"
#include "sim/analysis/operation_profile.h"
#include "sim/results/report_data.h"

namespace pim::sim {

/// The data of a report page beyond the keys of its result:
///
///     headline    sentences: the result, and what bounds it
///     remedies    for each of them: changes that shorten it, and the settings that help most
///     peaks       peak rates of the chip
///     operations  phase, step and unit of the commands, with their time and work over the whole run
///     bank_busy   share of the run in which each bank was busy, [die][bank]
///     schedule    the middle layer of the first decode token: the work of each unit over time
///     per_token   [tokens attended to, seconds] of decode tokens; at most kMostPoints, evenly spread
///     analysis    context and rows of the quantitative analysis at the mean context of the decode
///
/// Keys that do not apply are absent.
nlohmann::ordered_json reportSeries(const Report& report, const OperationProfile& operations,
                                    const LayerSchedule& schedule);

constexpr std::size_t kMostPoints = 400;

}  // namespace pim::sim
