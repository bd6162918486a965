#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/alu_bench.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/commands.h"

namespace pim::cosim {
namespace po = boost::program_options;

int aluCommand(const std::vector<std::string>& arguments, const Blocks& blocks) {
  AluBenchOptions options;
  std::vector<std::string> names;
  BenchOptions line(blocks.program, "alu", "compares pim_alu with its model on random commands");
  auto add = line.add();
  add("op", po::value(&names)->multitoken(), "operations, such as RMSNORM (default: all)");
  line.addCount("vectors", options.vectors, 50'000, "operand elements per operation");
  add("seed", po::value(&options.seed)->default_value(1), "seed of shapes, data and stalls");
  line.addStalls(options.stallPercent, "handshakes");
  add("memory-gb-per-s", po::value(&options.memoryGbPerS)->default_value(options.memoryGbPerS),
      "rate of the memory behind the port, whose clock is 1 GHz; 0: no limit");
  add("wave", po::value(&options.wave)->default_value("pimtlm-cosim-alu.vcd"),
      "file for the waveform of a mismatch");
  std::string recordFile;
  add("record", po::value(&recordFile),
      "file for the pins of each cycle, for another simulator; at most 2000 vectors");
  if (!line.parse(arguments)) return 0;
  if (names.empty()) names = aluOperationNames();
  if (!(options.memoryGbPerS >= 0 && options.memoryGbPerS <= 1e6))
    throw UserError("--memory-gb-per-s: expected 0 to 1000000");
  for (const std::string& name : names) aluOpcode(name);  // reports an unknown name before the first run
  if (!recordFile.empty() && options.vectors > 2000)
    throw UserError("--record: expected at most 2000 --vectors");
  std::ofstream recording;
  if (!recordFile.empty()) {
    recording.open(recordFile);
    if (!recording) throw UserError(fmt::format("--record: cannot write {}", recordFile));
    options.record = &recording;
  }
  BenchRecord record = line.record();
  nlohmann::ordered_json rows;
  bool failed = false;
  for (const std::string& name : names) {
    options.opcode = aluOpcode(name);
    const AluBenchResult result = runAluBench(options);
    std::cout << fmt::format(
        "alu {:<11} {:>7} commands, {:>9} elements, {:>9} cycles of compute, {:>9} of streams ({} beats): "
        "{}\n",
        name, result.commands, result.elements, result.computeCycles, result.streamCycles, result.beats,
        result.mismatch.empty() ? "0 mismatches" : "MISMATCH");
    rows.push_back({{"operation", name},
                    {"commands", result.commands},
                    {"elements", result.elements},
                    {"compute_cycles", result.computeCycles},
                    {"stream_cycles", result.streamCycles},
                    {"coverage", result.coverage},
                    {"mismatch", result.mismatch},
                    {"mismatches", result.mismatch.empty() ? 0 : 1}});
    if (result.mismatch.empty()) continue;
    std::cerr << blocks.program << ": " << result.mismatch << '\n';
    failed = true;
    break;
  }
  record.write({{"bench", line.json()}, {"operations", rows}});
  return failed ? 1 : 0;
}

}  // namespace pim::cosim
