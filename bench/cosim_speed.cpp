// Co-simulation against the same Verilated blocks driven bare. A whole chip runs in RTL; then each block's
// pins are driven once more with what lay on them at every clock edge, and nothing else is done. Both in CPU
// seconds, for the same clock edges, each the best of three: the ratio is the share of co-simulation that the
// RTL itself takes.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <systemc>

#include "sim/cosim/chip_bench.h"
#include "sim/run/own_process.h"
#include "tlm/rtl/pin_tape.h"

namespace {

using pim::PinRecording;
using pim::cosim::ChipBenchOptions;

struct Figures {
  double cosimSeconds;
  double bareSeconds;
  double ticks;
  bool same;
};

struct BlockFigures {
  double seconds = 0;
  std::size_t ticks = 0;
};

double cpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

constexpr int kRepetitions = 3;

template <typename Measure>
double bestOf(Measure measure) {
  double best = measure();
  for (int i = 1; i < kRepetitions; ++i) best = std::min(best, measure());
  return best;
}

double cosimulate(const ChipBenchOptions& options, const std::vector<std::uint32_t>& prompt) {
  double seconds = 0;
  const std::function<double()> run = [&] {
    return pim::cosim::runChip(options, options.fidelity, prompt).cpuSeconds;
  };
  if (!pim::sim::runInOwnProcess(run, seconds)) throw std::runtime_error("the co-simulation failed");
  return seconds;
}

/// In a process of its own as well: recording elaborates a chip.
Figures driveBare(const ChipBenchOptions& options, const std::vector<std::uint32_t>& prompt) {
  Figures figures{};
  const std::function<Figures()> run = [&] {
    const PinRecording recording;
    pim::cosim::runChip(options, options.fidelity, prompt);
    Figures sum{0, 0, 0, true};
    std::map<std::string, BlockFigures> blocks;
    for (const auto& tape : recording.tapes()) {
      const double seconds = bestOf([&] {
        const double begin = cpuSeconds();
        sum.same = tape->replay() && sum.same;
        return cpuSeconds() - begin;
      });
      sum.bareSeconds += seconds;
      sum.ticks += static_cast<double>(tape->ticks());
      blocks[tape->block()].seconds += seconds;
      blocks[tape->block()].ticks += tape->ticks();
    }
    for (const auto& [block, figure] : blocks)
      fmt::print(stderr, "  bare {:<5}{:>10} cycles {:>8.3f} s\n", block, figure.ticks, figure.seconds);
    return sum;
  };
  if (!pim::sim::runInOwnProcess(run, figures)) throw std::runtime_error("the recording failed");
  return figures;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "cosim_speed WEIGHTS [TOKENS]: co-simulation against Verilated blocks driven bare\n");
    return 2;
  }
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  ChipBenchOptions options;
  options.weights = argv[1];
  options.promptTokens = 4;
  options.generate = argc > 2 ? static_cast<std::uint32_t>(std::stoul(argv[2])) : 2;
  const std::vector<std::uint32_t> prompt = pim::cosim::promptOf(options, 32);
  fmt::print(
      "| blocks | clock cycles | co-simulation, cycles/s | bare, cycles/s | ratio "
      "|\n|---|---|---|---|---|\n");
  bool same = true;
  for (const char* fidelity : {"rtl", "check"}) {
    options.fidelity = fidelity;
    Figures figures = driveBare(options, prompt);
    figures.cosimSeconds = bestOf([&] { return cosimulate(options, prompt); });
    same = same && figures.same;
    fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} | {:.2f} |\n", fidelity, figures.ticks,
               figures.ticks / figures.cosimSeconds, figures.ticks / figures.bareSeconds,
               figures.bareSeconds / figures.cosimSeconds);
  }
  if (!same) fmt::print(stderr, "the bare blocks did something else\n");
  return same ? 0 : 1;
}
