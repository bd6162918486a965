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

/// Which mapping a point runs with: that of its configuration, or the best of those that are legal for it.
enum class MappingChoice { kGiven, kBest };
/// "given" or "best".
const char* mappingChoiceName(MappingChoice choice);
/// Nothing: no choice is called so.
std::optional<MappingChoice> mappingChoiceCalled(const std::string& name);

/// All points of a sweep: the grid, times the paired lists (taken together, entry by entry), times the random
/// samples. Points are numbered from 0; the last axis of the grid runs fastest, then pairs, then samples.
struct SweepPlan {
  Point base;
  std::string model;  ///< what base.shape is called
  std::vector<Axis> grid;
  std::vector<Axis> paired;  ///< as many values in each
  RandomSamples random;
  MappingChoice mapping = MappingChoice::kGiven;
  std::vector<Objective> objectives = defaultObjectives();

  std::uint64_t size() const;
  /// The keys that vary, in the order of the columns.
  std::vector<std::string> keys() const;
  /// Their values at a point.
  std::vector<Change> changesOf(std::uint64_t point) const;

  /// UserError: a key twice, lists of different lengths, no or too many points.
  void check(const std::string& place) const;
};

/// Everything that is needed to repeat the sweep, the version of pimtlm included, and back. What a file does
/// not say stays as it is in `plan`. UserError: file, line, key, expectation.
std::string toYaml(const SweepPlan& plan);
void readPlan(const std::string& yaml, const std::string& fileName, SweepPlan& plan);

}  // namespace pim::sim
