#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/results/comparison.h"

namespace pim::sim {

/// Runs side by side as somebody sees them who chooses between machines: a list of objects with the keys run,
/// machine, decode_tokens_per_second, prefill_tokens_per_second, joules_per_token, power_covers,
/// tokens_per_second_per_1000_dollars, bound_by, memory_bytes_per_token, published_error, published_fitted
/// (true where a parameter was fitted to the published figure); what is not known is absent. Empty unless the
/// runs are of different machines.
nlohmann::ordered_json compareMachines(const std::vector<ComparedRun>& runs);

/// The answer: which one decodes fastest, and how much faster. Empty for an empty list.
std::string machinesSentence(const nlohmann::ordered_json& machines);
std::string machinesTable(const nlohmann::ordered_json& machines);

/// What others published, one object a machine; what is not published is absent.
nlohmann::ordered_json citedJson();
/// And where sources disagree. Empty for an empty list.
std::string citedTable(const nlohmann::ordered_json& cited, const nlohmann::ordered_json& conflicts);

}  // namespace pim::sim
