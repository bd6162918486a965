#include "tests/sim/sweep/mapping_equality.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "core/base/error.h"
#include "platform/config/loader.h"
#include "sim/sweep/best_mapping.h"
#include "sim/sweep/fork_pool.h"
#include "sim/sweep/variables.h"
#include "tests/sim/sweep/two_layers.h"

namespace pim::sim {
namespace {

std::vector<PointResult> runAll(const std::vector<Point>& points) {
  std::vector<PointResult> results(points.size());
  std::size_t at = 0;
  ForkPool(2).run([&] { return at < points.size() ? std::optional(at++) : std::nullopt; },
                  [&](std::size_t i) { return toLine(evaluatePoint(points[i])); },
                  [&](std::size_t i, ChildAnswer&& answer) { results[i] = fromLine(answer.text); });
  return results;
}

Point randomChip(std::mt19937& random) {
  const std::pair<const char*, std::vector<const char*>> choices[] = {
      {"chip.dies", {"4", "8", "16"}},
      {"chip.banks_per_die", {"8", "16"}},
      {"bank.bram_kib", {"16", "32", "64", "128"}},
      {"link.exchange_latency_ns", {"10", "40", "1000"}},
      {"dram.row_buffers", {"1", "2"}},
      {"kv.bits", {"4", "8", "16"}},
      {"controller.alu_lanes", {"16", "64"}},
      {"bank.mac_lanes", {"32", "64"}},
      {"mapping.banks_per_head", {"1", "4"}}};
  std::vector<Change> changes;
  for (const auto& [key, values] : choices) changes.push_back({key, values[random() % values.size()]});
  return changed(twoLayersOfLlama7b(), changes);
}

struct Exhaustive {
  double seconds = INFINITY;
  std::uint64_t legal = 0;
};

/// Every mapping. Those with the same signature take the same time, which is checked for some of them. The
/// simulation of a prefill that is slower than `known` seconds ends there.
Exhaustive lookAtAll(const Point& point, double known, std::mt19937& random) {
  const std::vector<Axis> axes = mappingAxes(point);
  std::uint64_t count = 1;
  for (const Axis& axis : axes) count *= axis.values.size();
  Exhaustive all;
  std::map<std::string, std::size_t> places;
  std::vector<Point> points;
  std::vector<std::pair<std::size_t, Point>> doubles;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::vector<Change> changes;
    std::uint64_t rest = i;
    for (const Axis& axis : axes) {
      changes.push_back({axis.key, axis.values[rest % axis.values.size()]});
      rest /= axis.values.size();
    }
    try {
      Point mapped = changed(point, changes);
      if (point.job.generate == 1) mapped.prefillLimitSeconds = known * 1.0001;
      const auto [place, isNew] = places.emplace(mappingSignature(mapped), points.size());
      ++all.legal;
      if (isNew) points.push_back(mapped);
      if (!isNew && random() % 100 == 0) doubles.emplace_back(place->second, mapped);
    } catch (const UserError&) {  // does not fit
    }
  }
  const std::vector<PointResult> results = runAll(points);
  for (const PointResult& result : results) all.seconds = std::min(all.seconds, secondsOf(point.job, result));
  for (const auto& [place, mapped] : doubles) {
    EXPECT_EQ(secondsOf(point.job, runAll({mapped}).front()), secondsOf(point.job, results[place]));
  }
  return all;
}

}  // namespace

void expectBestMappings(std::uint32_t seed, int chips, Stages stages,
                        const std::vector<std::uint32_t>& contexts) {
  std::mt19937 random(seed);
  for (int chip = 0; chip < chips; ++chip) {
    const Point made = randomChip(random);
    for (const std::uint32_t context : contexts) {
      for (const bool decode : {true, false}) {
        if (!decode && stages == Stages::kDecode) continue;
        Point point = made;
        point.job = decode ? PointJob::decodeStep(context) : PointJob::prefill(context);
        const BestMapping best = findBestMapping(point, runAll);
        const Exhaustive all = lookAtAll(point, secondsOf(point.job, best.result), random);
        const std::string where =
            fmt::format("seed {}, chip {}, {} {}", seed, chip, decode ? "decode" : "prefill", context);
        fmt::print("{}: {} mappings, {} runs, {:+.2f} % of the best time\n", where, all.legal, best.runs,
                   std::isinf(all.seconds) ? 0 : 100 * (secondsOf(point.job, best.result) / all.seconds - 1));
        EXPECT_EQ(secondsOf(point.job, best.result), all.seconds) << where;
        EXPECT_LE(best.runs * 3, all.legal) << where;
        if (!std::isinf(all.seconds)) {
          EXPECT_EQ(secondsOf(point.job, runAll({best.point}).front()), all.seconds) << where;
        }
      }
    }
  }
}

}  // namespace pim::sim
