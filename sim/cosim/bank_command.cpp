#include <fmt/format.h>

#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/bank_bench.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/commands.h"

namespace pim::cosim {
namespace po = boost::program_options;
namespace {

/// Runs again what differed, this time with a waveform from the command before on.
void leaveWaveform(BankBenchOptions options, std::uint64_t command, const std::string& file) {
  options.wave = file;
  options.record.clear();
  options.traceFrom = command == 0 ? 0 : command - 1;
  options.traceTo = command + 1;
  options.commands = command + 1;
  runBankBench(options);
  std::cerr << fmt::format("pimtlm-cosim: waveform of the command and the one before it: {}\n", file);
}

}  // namespace

int bankCommand(const std::vector<std::string>& arguments) {
  BankBenchOptions options;
  std::string wave = "pimtlm-cosim-bank.vcd";
  BenchOptions line("bank", "random commands to pim_bank and the TLM bank, compared");
  auto add = line.add();
  add("commands", po::value(&options.commands)->default_value(1000), "how many");
  add("seed", po::value(&options.seed)->default_value(1), "of commands, data, timings and stalls");
  line.addStalls(options.stallPercent, "bus cycles");
  add("wave", po::value(&wave)->default_value(wave), "where the waveform of a mismatch goes");
  add("record", po::value(&options.record),
      "where the pins go, cycle by cycle, for another simulator; at most 250 commands");
  if (!line.parse(arguments)) return 0;
  if (!options.record.empty() && options.commands > 250)
    throw UserError("--record: expected at most 250 --commands");
  BenchRecord record = line.record();
  const BankBenchResult result = runBankBench(options);
  for (const auto& [format, count] : result.formats) std::cout << fmt::format("  {:>7}  {}\n", count, format);
  std::cout << fmt::format(
      "bank: {} commands ({} refused by both), {} DRAM commands, {} cycles: {} mismatches\n", result.commands,
      result.refused, result.dramCommands, result.cycles, result.mismatch ? 1 : 0);
  record.write({{"commands", result.commands},
                {"refused", result.refused},
                {"dram_commands", result.dramCommands},
                {"cycles", result.cycles},
                {"mismatches", result.mismatch ? 1 : 0},
                {"formats", result.formats}});
  if (!result.mismatch) return 0;
  std::cerr << "pimtlm-cosim: " << result.mismatch->text() << '\n';
  leaveWaveform(options, result.mismatchAt, wave);
  return 1;
}

}  // namespace pim::cosim
