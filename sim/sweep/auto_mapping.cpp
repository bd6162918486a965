#include "sim/sweep/auto_mapping.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "sim/cli/notices.h"
#include "sim/sweep/best_mapping.h"
#include "sim/sweep/evaluator.h"
#include "sim/sweep/fork_pool.h"

namespace pim::sim {

platform::Config withMappingFor(const platform::Config& config, const ModelShape& shape,
                                const PointJob& job) {
  if (!config.mapping.automatic) return config;
  Point point{config, shape, job};
  point.config.mapping.automatic = false;
  const unsigned atOnce = coresAvailable();
  BestMapping best = findBestMapping(
      point, [&](const std::vector<Point>& points) { return simulatePoints(points, atOnce); });
  if (!best.result.ok()) throw UserError(best.result.error);
  std::string taken;
  for (const Change& change : mappingOf(best.point))
    taken += fmt::format("{}{}={}", taken.empty() ? "" : " ", change.key, change.value);
  tell({fmt::format("mapping: auto: {} ({} runs for {} mappings)", taken, best.runs, best.legal)});
  return best.point.config;
}

}  // namespace pim::sim
