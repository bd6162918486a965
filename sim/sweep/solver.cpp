#include "sim/sweep/solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>

#include "core/base/error.h"
#include "platform/config/document.h"
#include "sim/sweep/lattice_search.h"
#include "sim/sweep/variables.h"

namespace pim::sim {
namespace {

/// Points that are simulated where the search for monotone targets finds nothing.
constexpr std::uint64_t kMostTried = 1000;
/// Points simulated at once while every point is tried, the cheapest first.
constexpr std::size_t kBatch = 16;

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
      cost = isBetterSmall(axis.key) ? -number : number;
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
      std::vector<bool> meets;
      for (const PointResult& result : resultsAt(points))
        meets.push_back(worstRatio(m_problem.targets, result) >= 1);
      return meets;
    };
    std::optional<LatticePoint> found = searchLattice(lattice).best;
    if (!found) found = searchAnyway(lattice, answer);
    answer.solved = found.has_value();
    const LatticePoint best = found ? *found : m_nearest;
    answer.changes = changesOf(best);
    answer.cost = costOf(best);
    answer.result = m_evaluator.evaluateOne(answer.changes);
    if (found) addEvidence(best, answer);
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

  std::vector<PointResult> resultsAt(const std::vector<LatticePoint>& points) {
    std::vector<std::vector<Change>> changes;
    changes.reserve(points.size());
    for (const LatticePoint& point : points) changes.push_back(changesOf(point));
    return m_evaluator.evaluate(changes);
  }

  /// Returns the cost of a point. If the point breaks a rule between keys, computes the cost as if it did
  /// not, so that the order stays the same.
  double costOf(const LatticePoint& point) const {
    return m_problem.cost(changedUnchecked(m_evaluator.base(), changesOf(point)).config);
  }

  /// Returns the cheapest of the points tried that meets the targets; else remembers the one that misses them
  /// by the least.
  std::optional<LatticePoint> searchAnyway(const LatticeProblem& lattice, SolveAnswer& answer) {
    const std::vector<LatticePoint> points = byCost(spread(lattice.sizes));
    answer.exhaustive = points.size() == answer.grid;
    double nearest = -1;
    bool anyRan = false;
    std::vector<bool> known(m_problem.targets.size(), false);
    for (std::size_t at = 0; at < points.size(); at += kBatch) {
      const auto begin = points.begin() + static_cast<std::ptrdiff_t>(at);
      const auto batch = static_cast<std::ptrdiff_t>(std::min(kBatch, points.size() - at));
      const std::vector<PointResult> results = resultsAt({begin, begin + batch});
      for (std::size_t i = 0; i < results.size(); ++i) {
        const double ratio = worstRatio(m_problem.targets, results[i]);
        if (ratio >= 1) return points[at + i];
        anyRan = anyRan || results[i].ok();
        for (std::size_t t = 0; t < known.size(); ++t)
          if (!std::isnan(results[i].number(m_problem.targets[t].path))) known[t] = true;
        if (ratio <= nearest) continue;
        nearest = ratio;
        m_nearest = points[at + i];
      }
    }
    for (std::size_t t = 0; t < known.size(); ++t) {
      if (anyRan && !known[t])
        throw UserError(
            fmt::format("--target {}: expected a number of the result, such as decode.tokens_per_second",
                        platform::quoted(m_problem.targets[t].path)));
    }
    return std::nullopt;
  }

  /// Sorts points, the cheapest first; those of equal cost keep their order.
  std::vector<LatticePoint> byCost(const std::vector<LatticePoint>& points) const {
    std::multimap<double, LatticePoint> sorted;
    for (const LatticePoint& point : points) sorted.emplace(costOf(point), point);
    std::vector<LatticePoint> result;
    result.reserve(points.size());
    for (const auto& entry : sorted) result.push_back(entry.second);
    return result;
  }

  /// Returns all points if they are at most kMostTried, else as many that are spread evenly, with the ends of
  /// each axis.
  static std::vector<LatticePoint> spread(const std::vector<std::uint32_t>& sizes) {
    std::vector<std::uint32_t> counts = sizes;  // of values taken from each axis
    const auto product = [&] {
      std::uint64_t points = 1;
      for (const std::uint32_t count : counts) points *= count;
      return points;
    };
    while (product() > kMostTried) --*std::max_element(counts.begin(), counts.end());
    std::vector<LatticePoint> points{{}};
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      std::vector<LatticePoint> longer;
      for (const LatticePoint& point : points) {
        for (std::uint32_t i = 0; i < counts[k]; ++i) {
          longer.push_back(point);
          longer.back().push_back(counts[k] == 1 ? sizes[k] - 1 : i * (sizes[k] - 1) / (counts[k] - 1));
        }
      }
      points = std::move(longer);
    }
    return points;
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
  LatticePoint m_nearest;
};

}  // namespace

SolveAnswer solve(const SolveProblem& problem, Evaluator& evaluator) {
  return Solver(problem, evaluator).run();
}

}  // namespace pim::sim
