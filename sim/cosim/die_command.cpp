#include <fmt/format.h>

#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/commands.h"
#include "sim/cosim/die_bench.h"
#include "tlm/rtl/die_model.h"

namespace pim::cosim {
namespace po = boost::program_options;

int dieCommand(const std::vector<std::string>& arguments) {
  DieBenchOptions options;
  BenchOptions line("die", "random accesses to pim_die and the TLM die, compared in every cycle");
  auto add = line.add();
  add("transfers", po::value(&options.transfers)->default_value(10'000), "accesses of all kinds");
  add("seed", po::value(&options.seed)->default_value(1), "of accesses, data and stalls");
  line.addStalls(options.stallPercent, "handshakes");
  add("banks", po::value(&options.banks)->default_value(16), "of the die, 2 to 16");
  add("half-duplex", po::bool_switch(&options.halfDuplex), "the link goes one way at a time");
  add("narrow-ram", po::bool_switch(&options.narrowRam),
      "the die with a DieRAM port of half the link's width");
  if (!line.parse(arguments)) return 0;
  if (options.banks < 2 || options.banks > DieModel::kBanks) throw UserError("--banks: expected 2 to 16");
  BenchRecord record = line.record();
  const DieBenchResult result = runDieBench(options);
  std::cout << fmt::format(
      "die: {} data transfers ({} bytes), {} doorbells, {} register accesses, {} refused, {} failed, {} "
      "interrupts, {} cycles: {} mismatches\n",
      result.data, result.bytes, result.doorbells, result.registers, result.refused, result.failed,
      result.interrupts, result.cycles, result.mismatches);
  record.write({{"transfers", result.total()},
                {"data", result.data},
                {"bytes", result.bytes},
                {"doorbells", result.doorbells},
                {"registers", result.registers},
                {"refused", result.refused},
                {"failed", result.failed},
                {"interrupts", result.interrupts},
                {"cycles", result.cycles},
                {"mismatches", result.mismatches}});
  if (result.mismatches == 0) return 0;
  std::cerr << "pimtlm-cosim: " << result.first << '\n';
  return 1;
}

}  // namespace pim::cosim
