// The search for the cheapest point that is good enough, against looking at every point.
#include "sim/sweep/lattice_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace pim::sim {
namespace {

/// A problem as chips have it: rates that work together like resistors, prices of their own.
struct Made {
  std::vector<std::uint32_t> sizes;
  std::vector<double> base, step, weight, price;
  double wanted = 0;

  double rate(const LatticePoint& point) const {
    double time = 0;
    for (std::size_t k = 0; k < point.size(); ++k)
      time += weight[k] / (base[k] * std::pow(step[k], point[k]));
    return 1 / time;
  }
  double cost(const LatticePoint& point) const {
    double cost = 0;
    for (std::size_t k = 0; k < point.size(); ++k) cost += price[k] * base[k] * std::pow(step[k], point[k]);
    return cost;
  }
};

template <typename Visit>
void eachPoint(const std::vector<std::uint32_t>& sizes, Visit visit) {
  const std::uint32_t count = std::accumulate(sizes.begin(), sizes.end(), 1u, std::multiplies<>());
  for (std::uint32_t i = 0; i < count; ++i) {
    LatticePoint point(sizes.size());
    for (std::uint32_t rest = i, k = static_cast<std::uint32_t>(sizes.size()); k-- > 0; rest /= sizes[k])
      point[k] = rest % sizes[k];
    visit(point);
  }
}

Made make(std::mt19937& random, std::vector<std::uint32_t> sizes) {
  std::uniform_real_distribution<double> share(0, 1);
  Made made;
  made.sizes = std::move(sizes);
  for (std::size_t k = 0; k < made.sizes.size(); ++k) {
    made.base.push_back(1 + share(random));
    made.step.push_back(1.05 + 0.2 * share(random));
    made.weight.push_back(0.2 + share(random));
    made.price.push_back(0.2 + share(random));
  }
  LatticePoint top;
  for (const std::uint32_t size : made.sizes) top.push_back(size - 1);
  const double least = made.rate(LatticePoint(made.sizes.size(), 0)), most = made.rate(top);
  made.wanted = least + (0.1 + 0.8 * share(random)) * (most - least);
  return made;
}

LatticeProblem problemOf(const Made& made) {
  return {made.sizes, [&](const LatticePoint& point) { return made.cost(point); },
          [&](const std::vector<LatticePoint>& points) {
            std::vector<bool> meets;
            for (const LatticePoint& point : points) meets.push_back(made.rate(point) >= made.wanted);
            return meets;
          }};
}

TEST(LatticeSearch, FindsTheOptimumWithOneTwentiethOfTheRuns) {
  std::mt19937 random(11);
  const std::vector<std::vector<std::uint32_t>> shapes{{2500}, {50, 50}, {13, 13, 13}, {20, 10, 12}};
  for (int i = 0; i < 40; ++i) {
    const Made made = make(random, shapes[static_cast<std::size_t>(i) % shapes.size()]);
    LatticePoint best;
    double least = INFINITY;
    std::uint64_t all = 0;
    eachPoint(made.sizes, [&](const LatticePoint& point) {
      ++all;
      if (made.rate(point) >= made.wanted && made.cost(point) < least) {
        least = made.cost(point);
        best = point;
      }
    });
    const LatticeAnswer answer = searchLattice(problemOf(made));
    ASSERT_TRUE(answer.best);
    EXPECT_EQ(*answer.best, best) << "problem " << i;
    EXPECT_LE(answer.asked * 20, all) << "problem " << i;
  }
}

TEST(LatticeSearch, SaysWhenNothingIsGoodEnough) {
  std::mt19937 random(1);
  Made made = make(random, {10, 10});
  made.wanted = 1e9;
  const LatticeAnswer answer = searchLattice(problemOf(made));
  EXPECT_FALSE(answer.best);
  EXPECT_EQ(answer.asked, 2u);
}

TEST(LatticeSearch, TakesTheCheapestWhereEverythingIsGoodEnough) {
  std::mt19937 random(1);
  Made made = make(random, {10, 10});
  made.wanted = 0;
  EXPECT_EQ(searchLattice(problemOf(made)).best, (LatticePoint{0, 0}));
}

TEST(LatticeSearch, NoNeighbourOfTheAnswerIsCheaperAndGoodEnoughEvenWhereMoreIsWorseAtTimes) {
  std::mt19937 random(9);
  for (int i = 0; i < 20; ++i) {
    const Made made = make(random, {30, 30});
    const auto rough = [&](const LatticePoint& point) {
      return made.rate(point) * (1 + 0.02 * std::sin(7.0 * point[0] + 11.0 * point[1])) >= made.wanted;
    };
    LatticeProblem problem = problemOf(made);
    problem.meets = [&](const std::vector<LatticePoint>& points) {
      std::vector<bool> meets;
      for (const LatticePoint& point : points) meets.push_back(rough(point));
      return meets;
    };
    const LatticeAnswer answer = searchLattice(problem);
    ASSERT_TRUE(answer.best);
    EXPECT_TRUE(rough(*answer.best));
    for (std::size_t k = 0; k < 2; ++k) {
      LatticePoint neighbour = *answer.best;
      if (neighbour[k]-- == 0) continue;
      EXPECT_FALSE(rough(neighbour));
    }
  }
}

}  // namespace
}  // namespace pim::sim
