#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/results/comparison.h"

namespace pim::sim {

/// Compares runs for a choice between machines: a list of objects with the keys run, machine,
/// decode_tokens_per_second, prefill_tokens_per_second, joules_per_token, power_covers,
/// tokens_per_second_per_1000_dollars, bound_by, memory_bytes_per_token, published_error, published_fitted
/// (true if a parameter was fitted to the published figure). Unknown values are absent. The list is empty
/// unless the runs are of different machines.
nlohmann::ordered_json compareMachines(const std::vector<ComparedRun>& runs);

/// Names the machine that decodes fastest, and its advantage. Empty for an empty list.
std::string machinesSentence(const nlohmann::ordered_json& machines);
std::string machinesTable(const nlohmann::ordered_json& machines);

/// Published figures, one object per machine; figures that are not published are absent.
nlohmann::ordered_json citedJson();
/// The points on which sources disagree. Empty for an empty list.
std::string citedTable(const nlohmann::ordered_json& cited, const nlohmann::ordered_json& conflicts);

}  // namespace pim::sim
