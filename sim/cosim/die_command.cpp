#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/commands.h"
#include "sim/cosim/die_bench.h"
#include "tlm/rtl/die_model.h"

namespace pim::cosim {
namespace po = boost::program_options;

int dieCommand(const std::vector<std::string>& arguments, const Blocks& blocks) {
  DieBenchOptions options;
  BenchOptions line(blocks.program, "die",
                    "compares pim_die with the TLM die in every cycle of random accesses");
  auto add = line.add();
  line.addCount("transfers", options.transfers, 10'000, "number of accesses");
  add("seed", po::value(&options.seed)->default_value(1), "seed of accesses, data and stalls");
  line.addStalls(options.stallPercent, "handshakes");
  add("banks", po::value(&options.banks)->default_value(16), "number of banks, 2 to 16");
  add("half-duplex", po::bool_switch(&options.halfDuplex), "the link transfers in one direction at a time");
  add("narrow-ram", po::bool_switch(&options.narrowRam),
      "the die with a DieRAM port of half the link's width");
  add("wave", po::value(&options.wave)->default_value("pimtlm-cosim-die.vcd"),
      "file for the waveform of a mismatch");
  std::string recordFile;
  add("record", po::value(&recordFile),
      "file for the pins of each cycle, for another simulator; at most 1000 transfers, without "
      "--narrow-ram");
  if (!line.parse(arguments)) return 0;
  if (options.banks < 2 || options.banks > DieModel::kBanks) throw UserError("--banks: expected 2 to 16");
  std::ofstream recording;
  if (!recordFile.empty()) {
    if (options.transfers > 1000 || options.narrowRam)
      throw UserError("--record: expected at most 1000 --transfers, without --narrow-ram");
    recording.open(recordFile);
    if (!recording) throw UserError(fmt::format("--record: cannot write {}", recordFile));
    options.record = &recording;
  }
  BenchRecord record = line.record();
  const DieBenchResult result = runDieBench(options);
  std::cout << fmt::format(
      "die: {} data transfers ({} bytes), {} doorbells, {} register accesses, {} refused, {} failed, {} "
      "cycles: {} mismatches\n",
      result.data, result.bytes, result.doorbells, result.registers, result.refused, result.failed,
      result.cycles, result.mismatch.empty() ? 0 : 1);
  record.write({{"bench", line.json()},
                {"transfers", result.total()},
                {"data", result.data},
                {"bytes", result.bytes},
                {"doorbells", result.doorbells},
                {"registers", result.registers},
                {"refused", result.refused},
                {"failed", result.failed},
                {"cycles", result.cycles},
                {"mismatch", result.mismatch},
                {"mismatches", result.mismatch.empty() ? 0 : 1}});
  if (result.mismatch.empty()) return 0;
  std::cerr << blocks.program << ": " << result.mismatch << '\n';
  return 1;
}

}  // namespace pim::cosim
