#include "sim/sweep/lattice_search.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

namespace pim::sim {
namespace {

/// Points requested at once: as many as a small machine can simulate in parallel. Constant, so that the
/// search is the same on every machine.
constexpr std::size_t kAtOnce = 2;
/// Number of points that are considered as the next request.
constexpr std::size_t kConsidered = 400;

class Search {
 public:
  explicit Search(const LatticeProblem& problem) : m_problem(problem) {}

  LatticeAnswer run() {
    LatticeAnswer answer;
    if (askEnds()) {
      enumerate();
      while (!m_open.empty()) askBest();
      polish();
      answer.best = m_best;
    }
    answer.asked = m_known.size();
    return answer;
  }

 private:
  struct Entry {
    double cost;
    LatticePoint point;
  };

  static bool isBelow(const LatticePoint& a, const LatticePoint& b) {
    for (std::size_t k = 0; k < a.size(); ++k)
      if (a[k] > b[k]) return false;
    return true;
  }

  bool cheaper(double cost, const LatticePoint& point) const {
    return !m_best || cost < m_bestCost || (cost == m_bestCost && point < *m_best);
  }

  void ask(std::vector<LatticePoint> points) {
    points.erase(std::remove_if(points.begin(), points.end(),
                                [&](const LatticePoint& point) { return m_known.count(point) != 0; }),
                 points.end());
    if (points.empty()) return;
    const std::vector<bool> meets = m_problem.meets(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      m_known[points[i]] = meets[i];
      const double cost = m_problem.cost(points[i]);
      if (meets[i] && cheaper(cost, points[i])) {
        m_best = points[i];
        m_bestCost = cost;
      }
    }
  }

  /// Requests the most expensive and the cheapest point. Returns false if not even the most expensive is
  /// sufficient.
  bool askEnds() {
    LatticePoint top, bottom(m_problem.sizes.size(), 0);
    for (const std::uint32_t size : m_problem.sizes) top.push_back(size - 1);
    ask({top, bottom});
    return m_known.at(top);
  }

  void enumerate() {
    LatticePoint point(m_problem.sizes.size(), 0);
    for (bool more = true; more;) {
      if (m_known.count(point) == 0) m_open.push_back({m_problem.cost(point), point});
      more = false;
      for (std::size_t k = point.size(); k-- > 0 && !more;) {
        more = ++point[k] < m_problem.sizes[k];
        if (!more) point[k] = 0;
      }
    }
    std::sort(m_open.begin(), m_open.end(), [](const Entry& a, const Entry& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.point < b.point;
    });
    prune();
  }

  /// Removes points that cannot be the answer any more.
  void prune() {
    m_open.erase(std::remove_if(m_open.begin(), m_open.end(),
                                [&](const Entry& entry) {
                                  if (!cheaper(entry.cost, entry.point)) return true;
                                  for (const auto& [point, meets] : m_known)
                                    if (!meets && isBelow(entry.point, point)) return true;
                                  return m_known.count(entry.point) != 0;
                                }),
                 m_open.end());
  }

  /// Returns some open points, sorted by the number of points that remain at most after their result. The
  /// first one rules out the most in the worse of the two cases.
  std::vector<std::size_t> ranked() const {
    const std::size_t count = m_open.size(), step = (count + kConsidered - 1) / kConsidered;
    std::vector<std::pair<std::size_t, std::size_t>> worth;  // points that remain at most, index
    for (std::size_t i = step / 2; i < count; i += step) {
      std::size_t below = 0;
      for (const Entry& other : m_open) below += isBelow(other.point, m_open[i].point) ? 1 : 0;
      // If it fails, all points below it are removed. If it is sufficient, all points with at least its cost
      // are removed; these come after it.
      worth.emplace_back(std::max(count - below, i), i);
    }
    std::sort(worth.begin(), worth.end());
    std::vector<std::size_t> places;
    for (const auto& entry : worth) places.push_back(entry.second);
    return places;
  }

  void askBest() {
    const std::vector<std::size_t> places = ranked();
    std::vector<LatticePoint> points;
    for (const std::size_t place : places) {
      const LatticePoint& point = m_open[place].point;
      const bool tellsMore = std::none_of(points.begin(), points.end(), [&](const LatticePoint& other) {
        return isBelow(point, other) || isBelow(other, point);
      });
      if (tellsMore) points.push_back(point);
      if (points.size() == kAtOnce) break;
    }
    ask(points);
    prune();
  }

  /// Moves from the answer to a cheaper neighbour while one is sufficient, including points that were ruled
  /// out.
  void polish() {
    for (bool better = m_best.has_value(); better;) {
      const LatticePoint from = *m_best;
      std::vector<LatticePoint> neighbours;
      for (std::size_t k = 0; k < from.size(); ++k) {
        if (from[k] == 0) continue;
        neighbours.push_back(from);
        --neighbours.back()[k];
      }
      ask(neighbours);
      better = *m_best != from;
    }
  }

  const LatticeProblem& m_problem;
  std::vector<Entry> m_open;  ///< by cost
  std::map<LatticePoint, bool> m_known;
  std::optional<LatticePoint> m_best;
  double m_bestCost = 0;
};

}  // namespace

LatticeAnswer searchLattice(const LatticeProblem& problem) {
  std::uint64_t points = 1;
  for (const std::uint32_t size : problem.sizes) points *= size;
  if (points == 0 || points > kLargestLattice) throw std::logic_error("a lattice of no or too many points");
  return Search(problem).run();
}

}  // namespace pim::sim
