#include "sim/sweep/solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "core/base/error.h"
#include "sim/sweep/lattice_search.h"

namespace pim::sim {
namespace {

bool isTime(const std::string& key) {
  return key.size() > 3 && key.compare(key.size() - 3, 3, "_ns") == 0;
}

/// Sorts the values of a key by their expected benefit.
Axis ordered(const Axis& axis, const SolveProblem& problem, const Point& base) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    platform::Config config = base.config;
    try {
      config = changed(base, {{axis.key, axis.values[i]}}).config;
    } catch (const UserError&) {  // the value alone breaks a rule between keys: use the cost of the base
    }
    order.emplace_back(problem.cost(config), i);
  }
  const bool priced = std::any_of(order.begin(), order.end(), [&](const auto& entry) {
    return std::abs(entry.first - order.front().first) > 1e-12 * std::abs(order.front().first);
  });
  if (!priced) {
    for (auto& [cost, i] : order) {
      const double number = std::strtod(axis.values[i].c_str(), nullptr);
      cost = isTime(axis.key) ? -number : number;
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Axis result{axis.key, {}};
  for (const auto& entry : order) result.values.push_back(axis.values[entry.second]);
  return result;
}

class Solver {
 public:
  Solver(const SolveProblem& problem, Evaluator& evaluator) : m_problem(problem), m_evaluator(evaluator) {
    for (const Axis& axis : problem.free) m_axes.push_back(ordered(axis, problem, evaluator.base()));
  }

  SolveAnswer run() {
    LatticeProblem lattice;
    SolveAnswer answer;
    answer.grid = 1;
    for (const Axis& axis : m_axes) {
      lattice.sizes.push_back(static_cast<std::uint32_t>(axis.values.size()));
      answer.grid *= axis.values.size();
      if (answer.grid > kLargestLattice)
        throw UserError(
            fmt::format("--free: expected at most {} combinations of values; fewer or coarser ones, as "
                        "KEY=FROM..TO:logN, would do",
                        kLargestLattice));
    }
    lattice.cost = [this](const LatticePoint& point) { return costOf(point); };
    lattice.meets = [this](const std::vector<LatticePoint>& points) {
      std::vector<std::vector<Change>> changes;
      for (const LatticePoint& point : points) changes.push_back(changesOf(point));
      std::vector<bool> meets;
      for (const PointResult& result : m_evaluator.evaluate(changes)) {
        meets.push_back(worstRatio(m_problem.targets, result) >= 1);
      }
      return meets;
    };
    const LatticeAnswer found = searchLattice(lattice);
    answer.solved = found.best.has_value();
    const LatticePoint best = found.best ? *found.best : nearest();
    answer.changes = changesOf(best);
    answer.cost = costOf(best);
    answer.result = m_evaluator.evaluateOne(answer.changes);
    if (found.best) addEvidence(best, answer);
    answer.runs = m_evaluator.runs();
    return answer;
  }

 private:
  std::vector<Change> changesOf(const LatticePoint& point) const {
    std::vector<Change> changes;
    for (std::size_t k = 0; k < point.size(); ++k)
      changes.push_back({m_axes[k].key, m_axes[k].values[point[k]]});
    return changes;
  }

  /// Returns the cost of a point. If the point breaks a rule between keys, computes the cost as if it did
  /// not, so that the order stays the same.
  double costOf(const LatticePoint& point) const {
    return m_problem.cost(changedUnchecked(m_evaluator.base(), changesOf(point)).config);
  }

  /// Returns the point that misses the targets by the least: with all keys at their maximum, or with one key
  /// at half its range.
  LatticePoint nearest() {
    LatticePoint top;
    for (const Axis& axis : m_axes) top.push_back(static_cast<std::uint32_t>(axis.values.size() - 1));
    std::vector<LatticePoint> points{top};
    for (std::size_t k = 0; k < top.size(); ++k) {
      points.push_back(top);
      points.back()[k] /= 2;
    }
    std::vector<std::vector<Change>> changes;
    for (const LatticePoint& point : points) changes.push_back(changesOf(point));
    const std::vector<PointResult> results = m_evaluator.evaluate(changes);
    std::size_t best = 0;
    for (std::size_t i = 1; i < results.size(); ++i)
      if (worstRatio(m_problem.targets, results[i]) > worstRatio(m_problem.targets, results[best])) best = i;
    return points[best];
  }

  void addEvidence(const LatticePoint& best, SolveAnswer& answer) {
    std::vector<std::vector<Change>> changes;
    for (std::size_t k = 0; k < best.size(); ++k) {
      if (best[k] == 0) continue;
      LatticePoint below = best;
      --below[k];
      changes.push_back(changesOf(below));
      answer.evidence.push_back({changes.back(), m_axes[k].key, {}, {}});
    }
    const std::vector<PointResult> results = m_evaluator.evaluate(changes);
    for (std::size_t i = 0; i < results.size(); ++i) {
      Neighbour& neighbour = answer.evidence[i];
      neighbour.result = results[i];
      for (const Target& target : m_problem.targets)
        if (!target.metBy(results[i])) neighbour.missed.push_back(target);
    }
  }

  const SolveProblem& m_problem;
  Evaluator& m_evaluator;
  std::vector<Axis> m_axes;
};

}  // namespace

SolveAnswer solve(const SolveProblem& problem, Evaluator& evaluator) {
  return Solver(problem, evaluator).run();
}

}  // namespace pim::sim
