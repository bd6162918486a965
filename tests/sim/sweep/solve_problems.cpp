#include "tests/sim/sweep/solve_problems.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "platform/config/loader.h"
#include "platform/config/schema.h"
#include "sim/sweep/solver.h"
#include "sim/sweep/variables.h"
#include "tests/sim/sweep/two_layers.h"

namespace pim::sim {
namespace {

/// A key that a problem may free; `low` is the slow and cheap end.
struct FreeKey {
  const char* key;
  double low, high;
};
constexpr FreeKey kFreeKeys[] = {{"dram.t_ccd_ns", 32, 1},
                                 {"bank.mac_lanes", 2, 64},
                                 {"bank.mac_clock_ns", 16, 1},
                                 {"link.bandwidth_gb_per_s", 0.25, 16},
                                 {"link.exchange_latency_ns", 4000, 20},
                                 {"controller.memory_bandwidth_gb_per_s", 0.5, 64},
                                 {"controller.alu_lanes", 1, 64},
                                 {"controller.firmware_clock_ns", 64, 1},
                                 {"bank.softmax_lanes", 1, 16}};

Point basePoint() {
  Point point = twoLayersOfLlama7b();
  point.job = PointJob::decodeStep(512);
  return point;
}

/// Even in the logarithm from the cheap end to the dear one, each value once.
std::vector<std::string> valuesOf(const FreeKey& of, std::size_t count) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    const std::string value = *nearestValue(of.key, of.low * std::pow(of.high / of.low, share));
    if (values.empty() || values.back() != value) values.push_back(value);
  }
  return values;
}

double numberOf(const platform::Config& config, const std::string& key) {
  platform::Config copy = config;
  for (const platform::Field& field : platform::configSchema(copy))
    if (field.key == key) return std::stod(field.text());
  throw std::logic_error("no key " + key);
}

struct Problem {
  SolveProblem problem;
  std::vector<std::vector<Change>> points;
  std::vector<std::vector<int>> places;  ///< of each point: of each key, the number of its value
  std::vector<PointResult> results;      ///< of all points
};

Problem makeProblem(std::mt19937& random, std::uint64_t pointsAtLeast) {
  std::uniform_real_distribution<double> share(0, 1);
  Problem made;
  const std::size_t keys = 2 + random() % 3;  // 2 to 4
  std::vector<std::size_t> order(std::size(kFreeKeys));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  std::map<std::string, std::pair<double, double>> prices;  // of a key: its price, its cheapest value
  for (std::size_t k = 0; k < keys; ++k) {
    const FreeKey& free = kFreeKeys[order[k]];
    made.problem.free.push_back({free.key, {}});
    prices[free.key] = {0.2 + share(random), free.low};
  }
  // Keys of whole numbers have fewer values than asked for: ask for more until the grid is large enough.
  std::uint64_t size = 0;
  for (std::size_t count = 4; size < pointsAtLeast; ++count) {
    size = 1;
    for (std::size_t k = 0; k < keys; ++k) {
      made.problem.free[k].values = valuesOf(kFreeKeys[order[k]], count);
      size *= made.problem.free[k].values.size();
    }
  }
  // The price of a part grows with what it promises: with its size, or as its time shrinks.
  made.problem.cost = [prices](const platform::Config& config) {
    double cost = 0;
    for (const auto& [key, price] : prices) {
      const double ratio = numberOf(config, key) / price.second;
      cost += price.first * (key.rfind("_ns") == key.size() - 3 ? 1 / ratio : ratio);
    }
    return cost;
  };
  for (std::uint64_t i = 0; i < size; ++i) {
    std::vector<Change>& point = made.points.emplace_back();
    std::vector<int>& place = made.places.emplace_back();
    std::uint64_t rest = i;
    for (const Axis& axis : made.problem.free) {
      place.push_back(static_cast<int>(rest % axis.values.size()));
      point.push_back({axis.key, axis.values[rest % axis.values.size()]});
      rest /= axis.values.size();
    }
  }
  Evaluator everything(basePoint(), MappingChoice::kGiven, 2);
  made.results = everything.evaluate(made.points);
  std::vector<double> rates;
  for (const PointResult& result : made.results)
    if (result.ok()) rates.push_back(result.number("decode.tokens_per_second"));
  const auto [least, most] = std::minmax_element(rates.begin(), rates.end());
  made.problem.targets = {
      {"decode.tokens_per_second", true, *least + (0.1 + 0.8 * share(random)) * (*most - *least)}};
  return made;
}

/// The largest distance, in steps, of two points in one key.
int stepsBetween(const std::vector<int>& a, const std::vector<int>& b) {
  int steps = 0;
  for (std::size_t k = 0; k < a.size(); ++k) steps = std::max(steps, std::abs(a[k] - b[k]));
  return steps;
}

}  // namespace

void expectSolved(std::uint32_t seed, int problems, std::uint64_t pointsAtLeast) {
  std::mt19937 random(seed);
  for (int i = 0; i < problems; ++i) {
    const Problem made = makeProblem(random, pointsAtLeast);
    const Point base = basePoint();
    double least = INFINITY;
    std::size_t best = 0;
    for (std::size_t p = 0; p < made.points.size(); ++p) {
      if (worstRatio(made.problem.targets, made.results[p]) < 1) continue;
      const double cost = made.problem.cost(changedUnchecked(base, made.points[p]).config);
      if (cost < least) {
        least = cost;
        best = p;
      }
    }
    Evaluator evaluator(base, MappingChoice::kGiven, 2);
    const SolveAnswer answer = solve(made.problem, evaluator);
    std::string keys;
    for (const Change& change : answer.changes) keys += change.key + '=' + change.value + ' ';
    SCOPED_TRACE(fmt::format("seed {}, problem {}: {}", seed, i, keys));
    ASSERT_TRUE(answer.solved);
    std::vector<int> found;
    for (const Axis& axis : made.problem.free) {
      const auto change = std::find_if(answer.changes.begin(), answer.changes.end(),
                                       [&](const Change& c) { return c.key == axis.key; });
      found.push_back(static_cast<int>(std::find(axis.values.begin(), axis.values.end(), change->value) -
                                       axis.values.begin()));
    }
    const int steps = stepsBetween(found, made.places[best]);
    const double percent = 100 * static_cast<double>(answer.runs) / static_cast<double>(made.points.size());
    fmt::print("{} keys, {} points: {} runs ({:.1f} %), {} steps from the optimum, {:+.2f} % of its cost\n",
               found.size(), made.points.size(), answer.runs, percent, steps,
               100 * (answer.cost / least - 1));
    EXPECT_LE(steps, 1);
    EXPECT_LE(answer.runs * 20, made.points.size());
    EXPECT_GE(made.points.size(), pointsAtLeast);
  }
}

}  // namespace pim::sim
