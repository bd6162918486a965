#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "core/operations/command_names.h"
#include "sim/analysis/area.h"
#include "sim/analysis/assumptions.h"
#include "sim/analysis/stage_energy.h"
#include "sim/results/report_data.h"

namespace pim::sim {
namespace {

/// Formats a time with a suitable unit.
std::string duration(double seconds) {
  if (seconds >= 1) return fmt::format("{:.3f} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3f} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3f} us", seconds * 1e6);
  return fmt::format("{:.1f} ns", seconds * 1e9);
}

std::string stageRow(const char* name, const Stage& stage) {
  return fmt::format("  {:<8} {:>6} tokens  {:>12}  {:>10} tokens/s   bound by {}\n", name, stage.tokens,
                     duration(stage.seconds), rateText(stage.tokensPerSecond()), componentName(bound(stage)));
}

std::string utilisationRow(const char* name, const Stage& stage, const platform::Config& config) {
  const Utilisation u = utilisation(stage, config);
  return fmt::format(
      "  {:<8} banks {:5.1f} %   links {:5.1f} %   controller {:5.1f} %   MAC arrays {:5.1f} %\n", name,
      100 * u.bank, 100 * u.link, 100 * u.controller, 100 * u.mac);
}

std::string componentRows(const Stage& stage) {
  std::string text = "  where a decode token goes     busy          on the critical path\n";
  const double tokens = static_cast<double>(stage.tokens);
  for (std::size_t i = 0; i < kComponents; ++i) {
    const double busy = static_cast<double>(stage.counters.busy[i]) * kSecondsPerPicosecond / tokens;
    const double critical = static_cast<double>(stage.critical[i]) * kSecondsPerPicosecond / tokens;
    constexpr double kBarPerShare = 30;
    const double share = critical / stage.secondsPerToken();
    text += fmt::format("    {:<20} {:>14} {:>14} {:5.1f} % {}\n", componentName(static_cast<Component>(i)),
                        duration(busy), duration(critical), 100 * share,
                        std::string(static_cast<std::size_t>(std::lround(share * kBarPerShare)), '#'));
  }
  return text;
}

/// Returns the core's time per decode token, and by how much the core could be slower.
std::string firmwareRow(const Report& report) {
  const Stage& stage = report.decode;
  const auto firmware = static_cast<std::size_t>(Component::Firmware);
  const double busy = static_cast<double>(stage.counters.busy[firmware]) * kSecondsPerPicosecond /
                      static_cast<double>(stage.tokens);
  std::string text = fmt::format("  firmware: the core is busy for {} of a decode token, {:.1f} %",
                                 duration(busy), 100 * busy / stage.secondsPerToken());
  if (report.advice && report.advice->core) {
    const CoreHeadroom& core = *report.advice->core;
    text += fmt::format(
        "; {:g} x slower it costs {} %", core.factor,
        core.cost < 1 ? fmt::format("{:.2g}", 100 * core.cost) : fmt::format("{:.0f}", 100 * core.cost));
  }
  return text + '\n';
}

std::string adviceRows(const char* stage, const StageAdvice& advice) {
  if (advice.empty()) return fmt::format("    {:<8} no single step makes it faster by 1 %\n", stage);
  std::string text;
  for (const TriedChange& tried : advice) {
    const std::string note = kindOf(tried).note;
    text += fmt::format("    {:<8} {:<44} {:>10} tokens/s {:>+7.1f} %{}\n", text.empty() ? stage : "",
                        tried.change.text(), rateText(tried.tokensPerSecond), 100 * tried.gain,
                        note.empty() ? "" : "  (" + note + ')');
  }
  return text;
}

/// Returns the area of logic and SRAM, without the DRAM cells.
std::string areaRow(const Report& report) {
  const platform::Config& config = report.request->config;
  const double area = areaOf(config).total();
  const Stage& stage = report.decode.tokens > 0 ? report.decode : report.prefill;
  return fmt::format("  area: {:.0f} mm2 of logic and SRAM ({:.0f} to {:.0f}), {:.2f} tokens/s per mm2\n",
                     area, areaOf(config, AreaCase::kLow).total(), areaOf(config, AreaCase::kHigh).total(),
                     stage.tokensPerSecond() / area);
}

/// Returns the joules per token, with the range; the largest parts first.
std::string energyRow(const char* name, const Stage& stage, const platform::Config& config) {
  const Energy energy = stageEnergy(stage, config);
  const double tokens = static_cast<double>(stage.tokens);
  const auto millijoules = [&](EnergyCase which) {
    return stageEnergy(stage, config, which).total() / tokens * 1e3;
  };
  std::array<std::size_t, kEnergyParts> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return energy.joules[a] > energy.joules[b]; });
  std::string text = fmt::format(
      "  energy, {:<8} {:.2f} mJ per token ({:.2f} to {:.2f}) at {:.1f} W, {} tokens/J (", name,
      millijoules(EnergyCase::Nominal), millijoules(EnergyCase::Low), millijoules(EnergyCase::High),
      energy.total() / stage.seconds, rateText(tokens / energy.total()));
  constexpr std::size_t kShown = 4;
  for (std::size_t i = 0; i < kShown; ++i) {
    text +=
        fmt::format("{}{} {:.0f} %", i == 0 ? "" : ", ", energyPartName(static_cast<EnergyPart>(order[i])),
                    100 * energy.joules[order[i]] / energy.total());
  }
  return text + ")\n";
}

/// Returns the DRAM commands per decode token, or of the whole run if there is none.
std::string dramRow(const Report& report) {
  const bool decodes = report.decode.tokens > 0;
  const DramCounters& dram = decodes ? report.decode.counters.dram : report.result.statistics.counters.dram;
  const auto share = [&](std::uint64_t n) {
    return static_cast<double>(n) / static_cast<double>(decodes ? report.decode.tokens : 1);
  };
  const double columns = static_cast<double>(std::max<std::uint64_t>(dram.columns(), 1));
  return fmt::format(
      "  DRAM{}: {:.0f} activates, {:.0f} refreshes, {:.0f} columns, {:.2f} % of them row hits\n",
      decodes ? ", a decode token" : "", share(dram.activates), share(dram.refreshes), share(dram.columns()),
      100 * static_cast<double>(dram.rowHits()) / columns);
}

/// Returns the work of the RTL blocks; banks are added up, because there may be hundreds.
std::string rtlRows(const std::vector<RtlWork>& works) {
  std::map<std::string, std::vector<const RtlWork*>> kinds;
  for (const RtlWork& work : works) {
    const bool die = work.block.rfind("die", 0) == 0;
    const bool bank = work.block.find(".bank") != std::string::npos;
    kinds[bank ? "banks" : die ? "dies" : work.block].push_back(&work);
  }
  std::string text;
  for (const auto& [kind, members] : kinds) {
    std::map<std::uint8_t, std::uint64_t> commands;
    std::uint64_t all = 0, accesses = 0;
    std::int64_t cycles = 0;
    for (const RtlWork* work : members) {
      for (const auto& [opcode, count] : work->commands) commands[opcode] += count, all += count;
      accesses += work->accesses;
      cycles += work->cycles;
    }
    std::string counts;
    for (const auto& [opcode, count] : commands)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, opcodeName(opcode));
    if (!commands.empty()) counts = fmt::format("{} commands ({}), ", all, counts);
    text += fmt::format("  RTL: {}: {}{} accesses, {} cycles{}\n",
                        members.size() == 1 ? members[0]->block : fmt::format("{} {}", members.size(), kind),
                        counts, accesses, cycles, members[0]->compared ? ": 0 mismatches" : "");
  }
  return text;
}

}  // namespace

std::string toTable(const Report& report) {
  const platform::Config& config = report.request->config;
  const host::Capacity& capacity = report.request->layout.capacity;
  std::string text = fmt::format("{} on {}: {} dies x {} banks, {}-bit weights, {}-bit KV\n\n",
                                 report.shape.name, config.name, config.chip.dies, config.chip.banksPerDie,
                                 config.weights.bits, config.kv.bits);
  if (report.prefill.seconds > 0) text += stageRow("prefill", report.prefill);
  if (report.decode.tokens > 0) text += stageRow("decode", report.decode);
  text += '\n';
  if (report.prefill.seconds > 0) text += utilisationRow("prefill", report.prefill, config);
  if (report.decode.tokens > 0) {
    text += utilisationRow("decode", report.decode, config) + '\n' + componentRows(report.decode);
    const auto perToken = [&](std::uint64_t n) {
      return static_cast<double>(n) / static_cast<double>(report.decode.tokens);
    };
    const Counters& c = report.decode.counters;
    text += fmt::format(
        "\n  a decode token: {:.0f} messages ({:.0f} weights, {:.0f} KV), {:.1f} MB in the banks, {:.2f} MB "
        "in and {:.2f} MB "
        "out over the links\n",
        perToken(c.messages[0] + c.messages[1]), perToken(c.messages[0]), perToken(c.messages[1]),
        perToken(c.bankBytes[0] + c.bankBytes[1]) / 1e6, perToken(c.linkInBytes[0] + c.linkInBytes[1]) / 1e6,
        perToken(c.linkOutBytes[0] + c.linkOutBytes[1]) / 1e6);
  }
  if (report.decode.tokens > 0) text += firmwareRow(report);
  if (report.prefill.seconds > 0) text += energyRow("prefill", report.prefill, config);
  if (report.decode.tokens > 0) text += energyRow("decode", report.decode, config);
  text += areaRow(report);
  text += dramRow(report);
  text += fmt::format(
      "  capacity: {:.1f} of {:.1f} MB free, context up to {} tokens, limited by {}\n",
      static_cast<double>(capacity.banks.free) / 1e6, static_cast<double>(capacity.banks.total) / 1e6,
      capacity.longestContext(),
      capacity.maxContext <= capacity.scoreContext ? "the KV cache (BMEM)" : "the scores of a token (BRAM)");
  text += "  assumes: " + activationAssumption(report.decode, config) + '\n';
  if (config.simulation.checkTiming) {
    text += fmt::format("  timing checker: {} DRAM commands, {} violations\n", report.result.dramCommands,
                        report.result.dramViolations);
    for (const std::string& violation : report.result.violationTexts) text += "    " + violation + '\n';
  }
  const double simulated = static_cast<double>(report.result.end) * kSecondsPerPicosecond;
  text +=
      fmt::format("  host: {} for {} simulated (x {:.2f}), {:.0f} MB\n", duration(report.host.wallSeconds),
                  duration(simulated), report.host.wallSeconds / simulated,
                  static_cast<double>(report.host.peakRssBytes) / 1e6);
  text += rtlRows(report.result.rtl);
  if (report.advice) {
    text += fmt::format("\n  what helps: {} single changes, each tried by a run\n", report.advice->tried);
    if (report.advice->decode) text += adviceRows("decode", *report.advice->decode);
    text += adviceRows("prefill", report.advice->prefill);
  }
  return text;
}

}  // namespace pim::sim
