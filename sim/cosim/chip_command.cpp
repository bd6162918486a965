#include <fmt/format.h>

#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/chip_bench.h"
#include "sim/cosim/commands.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {
namespace po = boost::program_options;
namespace {

double nanoseconds(Picoseconds time) {
  return static_cast<double>(time) / 1000;
}

nlohmann::ordered_json toJson(const ChipBenchResult& result) {
  nlohmann::ordered_json json{{"prompt", result.prompt},
                              {"tokens", result.rtl.tokens},
                              {"logits", result.rtl.logits.size()},
                              {"difference", result.difference()},
                              {"die_accesses", result.dies.accesses},
                              {"die_accesses_overlapping", result.dies.overlapping},
                              {"die_accesses_later", result.dies.later},
                              {"die_accesses_earlier", result.dies.earlier},
                              {"die_cycles_later", result.dies.cyclesLater},
                              {"die_accesses_wrong", result.dies.wrong}};
  for (std::size_t i = 0; i <= result.layers(); ++i) {
    json["layers"].push_back({{"tlm_ns", nanoseconds(result.tlm.parts[i].total)},
                              {"rtl_ns", nanoseconds(result.rtl.parts[i].total)},
                              {"excess", result.excess(i)}});
  }
  return json;
}

}  // namespace

int chipCommand(const std::vector<std::string>& arguments, const Blocks& blocks) {
  ChipBenchOptions options;
  options.rtl = blocks.ofChip();
  BenchOptions line(blocks.program, "chip",
                    "runs a prompt on the whole chip, all blocks in RTL, and compares it with the model");
  auto add = line.add();
  add("weights", po::value(&options.weights), "checkpoint, such as sw/models/adder-q4_0.gguf");
  add("preset", po::value(&options.preset)->default_value(options.preset), "configuration of the chip");
  add("set", po::value(&options.overrides)->composing(), "key.path=value: change one setting; repeatable");
  add("fidelity", po::value(&options.fidelity)->default_value(options.fidelity),
      "rtl: the RTL alone; check: also compare each transaction");
  add("prompt", po::value(&options.promptTokens)->default_value(options.promptTokens),
      "tokens of the prompt, drawn from the vocabulary");
  add("prompt-ids", po::value(&options.prompt)->multitoken(),
      "token ids of the prompt, in place of --prompt");
  add("generate", po::value(&options.generate)->default_value(options.generate), "tokens to generate");
  add("seed", po::value(&options.seed)->default_value(options.seed), "seed of the prompt");
  if (!line.parse(arguments)) return 0;
  if (options.weights.empty()) throw UserError("chip: expected --weights");
  if (options.fidelity != "rtl" && options.fidelity != "check")
    throw UserError("--fidelity: expected rtl or check");
  if (options.promptTokens == 0 || options.generate == 0)
    throw UserError("--prompt, --generate: expected at least one token");
  BenchRecord record = line.record();
  const ChipBenchResult result = runChipBench(options);
  std::cout << result.table();
  record.write(toJson(result));
  std::cout << fmt::format(
      "dies once more in the order of time: {} accesses, {} beside others; {} later and {} earlier than "
      "annotated, {:+} "
      "cycles in all, {} at most\n",
      result.dies.accesses, result.dies.overlapping, result.dies.later, result.dies.earlier,
      result.dies.cyclesLater, result.dies.worst);
  std::string difference = result.difference();
  if (difference.empty() && result.dies.wrong != 0)
    difference = fmt::format("accesses to dies beside each other: expected 0 with other data, RTL {}",
                             result.dies.wrong);
  std::cout << fmt::format("chip: prompt of {} tokens, {} generated, {} logits: {}\n", result.prompt.size(),
                           result.rtl.tokens.size(), result.rtl.logits.size(),
                           difference.empty() ? "0 mismatches" : "MISMATCH");
  if (difference.empty()) return 0;
  std::cerr << blocks.program << ": " << difference << '\n';
  return 1;
}

}  // namespace pim::cosim
