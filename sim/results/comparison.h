#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pim::sim {

/// A result to compare with others.
struct ComparedRun {
  std::string name;               ///< differs from those of the others
  nlohmann::ordered_json result;  ///< as --json wrote it
};

/// Reads results: directories of --out, or files of --json. Their names are those of the directories or
/// files. UserError: a file is missing, damaged or not a result.
std::vector<ComparedRun> loadRuns(const std::vector<std::string>& paths);

/// How runs differ:
///
///     runs          their names; all others are compared with the first
///     settings      key, values by run: configuration, model and job where they differ; of different kinds
///                   of machines those that all of them have
///     results       name, unit, key, values by run, ratios by run; of different kinds of machines those that
///                   more than one run has
///     components    of a decode token, by run
///     changed_most  by run: the component whose share of the critical path of a token changed most
///     summary       that in words; of more than kFewRuns first which is the fastest and which the slowest
constexpr std::size_t kFewRuns = 4;
nlohmann::ordered_json compareRuns(const std::vector<ComparedRun>& runs);

/// Returns a text table: runs as columns if there are at most kFewRuns, else one line per run with its
/// differences.
std::string comparisonTable(const nlohmann::ordered_json& comparison);

}  // namespace pim::sim
