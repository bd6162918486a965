#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/axis.h"
#include "sim/sweep/objective.h"
#include "sim/sweep/point.h"
#include "sim/sweep/variables.h"

namespace pim::sim {

struct RandomSamples {
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
  std::vector<RandomKey> keys;
};

/// The mapping of a point: that of its configuration, or the best legal one.
enum class MappingChoice { kGiven, kBest };
/// Returns "given" or "best".
const char* mappingChoiceName(MappingChoice choice);
/// Parses such a name; returns nothing for any other.
std::optional<MappingChoice> mappingChoiceCalled(const std::string& name);

/// Returns whether the key belongs to the mapping, and the mapping is searched for each point.
bool isSearched(MappingChoice mapping, const Point& base, const std::string& key);
/// UserError: isSearched() for one of the keys.
void refuseSearchedKeys(MappingChoice mapping, const Point& base, const std::vector<std::string>& keys,
                        const std::string& place);

/// All points of a sweep: the product of the grid, the paired lists (taken together, entry by entry) and the
/// random samples. Points are numbered from 0; the last axis of the grid varies fastest, then the pairs, then
/// the samples.
struct SweepPlan {
  Point base;
  std::string model;  ///< name of base.shape
  std::vector<Axis> grid;
  std::vector<Axis> paired;  ///< all with the same number of values
  RandomSamples random;
  MappingChoice mapping = MappingChoice::kGiven;
  std::vector<Objective> objectives = defaultObjectives();
  std::string complete;  ///< checksum of points.csv and the plan; empty: the sweep is not complete

  std::uint64_t size() const;
  /// The keys that vary, in the order of the columns.
  std::vector<std::string> keys() const;
  /// Their values at a point.
  std::vector<Change> changesOf(std::uint64_t point) const;

  /// UserError: a duplicate key, lists of different lengths, no points or too many.
  void check(const std::string& place) const;
};

/// Writes everything that is needed to repeat the sweep, including the version of pimtlm, and reads it.
/// Values that a file does not contain stay unchanged in `plan`. UserError: file, line, key, expected value.
std::string toYaml(const SweepPlan& plan);
void readPlan(const std::string& yaml, const std::string& fileName, SweepPlan& plan);

}  // namespace pim::sim
