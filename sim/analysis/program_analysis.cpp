#include "sim/analysis/program_analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "sim/run/decode_step.h"
#include "sim/run/machine_step.h"
#include "sim/run/own_process.h"
#include "sw/host/layout/layout.h"

namespace pim::sim {
namespace {

constexpr std::uint32_t kStair = 16, kLongStair = 128;

platform::Config with(platform::Config config, platform::DecodeProgram program) {
  config.schedule.program = program;
  return config;
}

ProgramStep simulateStep(const ModelShape& shape, const platform::Config& config, std::uint32_t context) {
  ProgramStep step;
  const bool ran = runInOwnProcess<ProgramStep>(
      [&] {
        const StepResult result = pimStep(shape, config, {false, context});
        ProgramStep of;
        of.seconds = result.seconds;
        for (const StepUnit& unit : result.units) {
          if (unit.name != "firmware") continue;
          of.firmwareSeconds = unit.busySeconds;
          of.commands = unit.count;
        }
        return of;
      },
      step);
  if (!ran) throw std::runtime_error(fmt::format("the decode step at context {} failed", context));
  return step;
}

std::uint64_t bytesOf(const host::Layout& layout, const std::string& name) {
  const auto& all = layout.controllerMemory;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const host::Placement& one) { return one.name == name; });
  return found == all.end() ? 0 : found->bytes;
}

nlohmann::ordered_json toJson(const ProgramStep& step) {
  return {{"tokens_per_second", step.tokensPerSecond()},
          {"seconds", step.seconds},
          {"firmware_seconds", step.firmwareSeconds},
          {"commands", step.commands}};
}

std::string bytesText(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  return bytes < 1000'000 ? fmt::format("{:.1f} KB", value / 1e3) : fmt::format("{:.1f} MB", value / 1e6);
}

}  // namespace

ProgramAnalysis analyzePrograms(const ModelShape& shape, const platform::Config& config,
                                std::uint32_t longest) {
  const platform::Config posted = with(config, platform::DecodeProgram::kPosted);
  const platform::Config cached = with(config, platform::DecodeProgram::kCached);
  // Where the longest length of a stair does not fit, its program cannot be; the longest that fits is
  // another's.
  const ModelShape padded = shape.paddedTo(config.weights.group);
  const host::Layout layout = decodeStep(padded, cached, longest).layout;
  std::uint32_t limit = std::max(longest, layout.capacity.longestContext());
  if (shape.context != 0) limit = std::max(longest, std::min(limit, shape.context));
  std::map<std::uint32_t, ProgramStep> done;  // cached, by context
  const auto cachedAt = [&](std::uint32_t context) {
    const std::uint32_t at = std::min(context, limit);
    const auto found = done.find(at);
    return found != done.end() ? found->second : done[at] = simulateStep(shape, cached, at);
  };
  ProgramAnalysis analysis;
  for (const std::uint32_t share : {8u, 4u, 2u, 1u}) {
    ProgramRow row;
    row.context = std::max(longest / share, kShortestContext);
    if (!analysis.rows.empty() && row.context == analysis.rows.back().context) continue;
    row.posted = simulateStep(shape, posted, row.context);
    row.cached = cachedAt(row.context);
    row.compiled16 = cachedAt(pim_round_up(row.context, kStair));
    row.compiled128 = cachedAt(pim_round_up(row.context, kLongStair));
    analysis.rows.push_back(row);
  }
  const std::uint64_t commands = bytesOf(layout, "program");
  analysis.memory.ring = bytesOf(layout, "ring");
  analysis.memory.program = commands + bytesOf(layout, "program_notes");
  analysis.memory.everyLength = commands * longest;
  analysis.memory.stairs16 = commands * pim_ceil_div(longest, kStair);
  analysis.memory.stairs128 = commands * pim_ceil_div(longest, kLongStair);
  return analysis;
}

nlohmann::ordered_json toJson(const ProgramAnalysis& analysis) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const ProgramRow& row : analysis.rows) {
    rows.push_back({{"context", row.context},
                    {"posted", toJson(row.posted)},
                    {"cached", toJson(row.cached)},
                    {"compiled_stairs_16", toJson(row.compiled16)},
                    {"compiled_stairs_128", toJson(row.compiled128)}});
  }
  const ProgramMemoryFigures& memory = analysis.memory;
  return {{"steps", rows},
          {"memory_bytes",
           {{"posted", memory.ring},
            {"cached", memory.program},
            {"compiled_every_length", memory.everyLength},
            {"compiled_stairs_16", memory.stairs16},
            {"compiled_stairs_128", memory.stairs128}}}};
}

std::string toTable(const ProgramAnalysis& analysis) {
  std::string text =
      fmt::format("  {:>8} {:>22} {:>22} {:>13} {:>13}\n  {:>8} {:>10} {:>11} {:>10} {:>11} {:>13} {:>13}\n",
                  "", "posted", "cached", "stairs of 16", "stairs of 128", "context", "tokens/s", "firmware",
                  "tokens/s", "firmware", "tokens/s", "tokens/s");
  for (const ProgramRow& row : analysis.rows) {
    text += fmt::format("  {:>8} {:>10.1f} {:>8.1f} us {:>10.1f} {:>8.1f} us {:>13.1f} {:>13.1f}\n",
                        row.context, row.posted.tokensPerSecond(), row.posted.firmwareSeconds * 1e6,
                        row.cached.tokensPerSecond(), row.cached.firmwareSeconds * 1e6,
                        row.compiled16.tokensPerSecond(), row.compiled128.tokensPerSecond());
  }
  const ProgramMemoryFigures& memory = analysis.memory;
  const auto times = [](std::uint64_t many, std::uint64_t few) {
    return few != 0 ? static_cast<double>(many) / static_cast<double>(few) : 0;
  };
  text += fmt::format(
      "\n  memory of commands: posted {} (the ring), cached {} (one step and its notes), compiled {} for "
      "every length, {} in stairs of 16, {} in stairs of 128: {:.0f} times less\n  FlightLLM, which compiles "
      "ahead, for 2048 lengths of prefill and decode: 0.5908 TB for every length, 5.154 GB in stairs (114.6 "
      "times "
      "less; 458 times where its four cores share one program): cited, docs/sources.md\n",
      bytesText(memory.ring), bytesText(memory.program), bytesText(memory.everyLength),
      bytesText(memory.stairs16), bytesText(memory.stairs128), times(memory.everyLength, memory.stairs128));
  return text;
}

}  // namespace pim::sim
