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

/// One point's answer, the mapping chosen by the point's plan: as the configuration says, or the best one.
/// Forks for the latter.
PointResult evaluateWith(MappingChoice mapping, const Point& point, nlohmann::ordered_json* whole = nullptr);

/// What a child of a ForkPool has answered: a line of toLine(), or how it died.
PointResult answerOf(ChildAnswer&& answer);

/// Simulates points as they are, each in a process of its own, `jobs` at a time; the answers in their order.
/// `onRun` is called after each.
std::vector<PointResult> simulatePoints(const std::vector<Point>& points, unsigned jobs,
                                        const std::function<void()>& onRun = {});

/// The mapping of a point, key by key.
std::vector<Change> mappingOf(const Point& point);
/// Puts the mapping that a point ran with beside its results.
void nameMapping(PointResult& result, const Point& ran);
/// What nameMapping() has put there, as changes to `base`; empty where it has not.
std::vector<Change> mappingIn(const PointResult& result, const Point& base);

/// Answers questions about a base point, for commands that look for something: each point is simulated once,
/// in a process of its own, several at a time.
class Evaluator {
 public:
  Evaluator(Point base, MappingChoice mapping, unsigned jobs)
      : m_base(std::move(base)), m_mapping(mapping), m_jobs(jobs) {}

  /// In their order. Points that cannot run, or whose changes make no sense, are answers, too.
  std::vector<PointResult> evaluate(const std::vector<std::vector<Change>>& points);
  PointResult evaluateOne(const std::vector<Change>& point) {
    return evaluate(std::vector<std::vector<Change>>(1, point)).front();
  }

  const Point& base() const { return m_base; }
  /// Points simulated so far.
  std::uint64_t runs() const { return m_runs; }

 private:
  Point m_base;
  MappingChoice m_mapping;
  unsigned m_jobs;
  std::uint64_t m_runs = 0;
  std::map<std::string, PointResult> m_known;
};

}  // namespace pim::sim
