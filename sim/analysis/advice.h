#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/model_shape.h"
#include "platform/config/change.h"
#include "platform/config/config.h"
#include "sim/sweep/point.h"

namespace pim::sim {

/// A change of the chip or of its schedule, with the gain that a run measured.
struct TriedChange {
  platform::Change change;
  double tokensPerSecond = 0;
  double gain = 0;  ///< relative to the unchanged chip; 0.53 is 53 % more tokens per second
};

/// A core with a clock that is `factor` times slower makes a decode token longer by the share `cost`: 0.01 is
/// 1 %.
struct CoreHeadroom {
  double factor = 1;
  double cost = 0;
};

/// The single steps that make a stage faster by at least kWorthNaming: in the order of kKindsOfAdvice, at
/// most kMostNamed of each kind, the best first. Empty: there is none.
using StageAdvice = std::vector<TriedChange>;
constexpr double kWorthNaming = 0.01;
constexpr std::size_t kMostNamed = 3;

/// Kinds of advice: a better chip of the same size, a larger chip, another order of work.
struct KindOfAdvice {
  platform::Lever::Cost cost;
  const char* name;  ///< in JSON
  const char* note;  ///< text beside the change; may be empty
};
inline constexpr std::array<KindOfAdvice, 3> kKindsOfAdvice{
    {{platform::Lever::Cost::kSilicon, "chip", ""},
     {platform::Lever::Cost::kSize, "size", "a larger chip"},
     {platform::Lever::Cost::kSchedule, "schedule", "no silicon"}}};
const KindOfAdvice& kindOf(const TriedChange& tried);

struct Advice {
  std::size_t tried = 0;  ///< steps that were run
  StageAdvice prefill;
  std::optional<StageAdvice> decode;  ///< if the job decodes
  std::optional<CoreHeadroom> core;   ///< the slowest that costs at most 1 %, or the first that costs more
};

/// Largest number of runs that adviseOn() makes.
std::size_t mostRunsForAdvice(const platform::Config& config);

/// Changes every lever of the configuration by one step, one at a time (platform::singleChanges), and
/// simulates the result: first all changes for a few tokens, then the best ones for the whole job. Changes
/// that do not fit or are refused are left out. Each run is timing only, in its own process, `atOnce` at a
/// time. It leaves out exact banks, RTL and the timing checker, which do not affect times. Calls `step` after
/// each run. Call it before this process elaborates a chip. UserError: the job does not fit the chip.
Advice adviseOn(const ModelShape& shape, const platform::Config& config, const PointJob& job, unsigned atOnce,
                const std::function<void()>& step = {});

}  // namespace pim::sim
