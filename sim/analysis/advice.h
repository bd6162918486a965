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

/// A change of the chip or of its schedule that was tried by a run of its own.
struct TriedChange {
  platform::Change change;
  double tokensPerSecond = 0;
  double gain = 0;  ///< over the chip as it is: 0.53 are 53 % more tokens a second
};

/// A core whose clock is `factor` times slower makes a decode token `cost` longer: 0.01 is 1 %.
struct CoreHeadroom {
  double factor = 1;
  double cost = 0;
};

/// The single steps that make a stage faster by kWorthNaming at least, in the order of kKindsOfAdvice, of
/// each kind up to kMostNamed, the best first. Empty: no single step does.
using StageAdvice = std::vector<TriedChange>;
constexpr double kWorthNaming = 0.01;
constexpr std::size_t kMostNamed = 3;

/// What may be advised: a better chip of the same size, a larger one, another order of work.
struct KindOfAdvice {
  platform::Lever::Cost cost;
  const char* name;  ///< in JSON
  const char* note;  ///< beside the change; "" needs none
};
inline constexpr std::array<KindOfAdvice, 3> kKindsOfAdvice{
    {{platform::Lever::Cost::kSilicon, "chip", ""},
     {platform::Lever::Cost::kSize, "size", "a larger chip"},
     {platform::Lever::Cost::kSchedule, "schedule", "no silicon"}}};
const KindOfAdvice& kindOf(const TriedChange& tried);

struct Advice {
  std::size_t tried = 0;  ///< steps that were run
  StageAdvice prefill;
  std::optional<StageAdvice> decode;  ///< if anything is decoded
  std::optional<CoreHeadroom> core;   ///< the slowest that costs at most 1 %, or the first that costs more
};

/// Runs that adviseOn() makes, at most.
std::size_t mostRunsForAdvice(const platform::Config& config);

/// Turns every lever of the configuration by one step, one at a time (platform::singleChanges), and runs what
/// comes of it: first all of them for a few tokens, then the best for the whole job. What does not fit or is
/// refused is left out. Each run is timing only, in a process of its own, `atOnce` at a time; how the chip is
/// simulated (exact banks, RTL, the timing checker) makes no difference to its times and is left out. `step`
/// is called after each run. To be called before this process elaborates a chip. UserError: the job does not
/// fit the chip as it is.
Advice adviseOn(const ModelShape& shape, const platform::Config& config, const PointJob& job, unsigned atOnce,
                const std::function<void()>& step = {});

}  // namespace pim::sim
