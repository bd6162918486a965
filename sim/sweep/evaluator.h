#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/sweep/best_mapping.h"
#include "sim/sweep/fork_pool.h"
#include "sim/sweep/sweep_plan.h"

namespace pim::sim {

/// Simulates one point with the mapping that the plan requires: that of the configuration or the best one.
/// Forks in the second case.
PointResult evaluateWith(MappingChoice mapping, const Point& point, nlohmann::ordered_json* whole = nullptr);

/// Converts the answer of a child of a ForkPool: a line of toLine(), or the way in which the child died.
PointResult answerOf(ChildAnswer&& answer);

/// Simulates points with their own mapping, each in its own process, `jobs` at a time. Returns the results in
/// their order and calls `onRun` after each.
std::vector<PointResult> simulatePoints(const std::vector<Point>& points, unsigned jobs,
                                        const std::function<void()>& onRun = {});

/// Returns the mapping of a point, key by key.
std::vector<Change> mappingOf(const Point& point);
/// Adds the mapping with which a point ran to its results.
void nameMapping(PointResult& result, const Point& ran);
/// Returns the mapping that nameMapping() added, as changes to `base`; empty if it added none.
std::vector<Change> mappingIn(const PointResult& result, const Point& base);

/// Simulates variants of a base point, for commands that search. Each point is simulated once, in its own
/// process, several at a time.
class Evaluator {
 public:
  Evaluator(Point base, MappingChoice mapping, unsigned jobs)
      : m_base(std::move(base)), m_mapping(mapping), m_jobs(jobs) {}

  /// Returns the answers in the order of the points. Points that cannot run, or whose changes are invalid,
  /// have answers too.
  std::vector<PointResult> evaluate(const std::vector<std::vector<Change>>& points);
  PointResult evaluateOne(const std::vector<Change>& point) {
    return evaluate(std::vector<std::vector<Change>>(1, point)).front();
  }

  const Point& base() const { return m_base; }
  /// Returns whether the evaluator itself chooses the value of a key.
  bool chooses(const std::string& key) const { return isSearched(m_mapping, m_base, key); }
  /// Number of points simulated so far.
  std::uint64_t runs() const { return m_runs; }

 private:
  Point m_base;
  MappingChoice m_mapping;
  unsigned m_jobs;
  std::uint64_t m_runs = 0;
  std::map<std::string, PointResult> m_known;
};

}  // namespace pim::sim
