#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iostream>

#include "core/base/error.h"
#include "sim/cosim/bank_bench.h"
#include "sim/cosim/bank_formats.h"
#include "sim/cosim/bank_stimulus.h"
#include "sim/cosim/bench_options.h"
#include "sim/cosim/commands.h"
#include "tlm/rtl/save_file.h"

namespace pim::cosim {
namespace po = boost::program_options;
namespace {

/// Repeats the failing run with a waveform that starts one command before the mismatch.
/// The marker stands in the cycle of the mismatch.
void leaveWaveform(BankBenchOptions options, const BankBenchResult& failing, const std::string& file,
                   const std::string& program) {
  const std::uint64_t last = failing.lastPosted;
  if (!std::ofstream(file)) throw UserError(fmt::format("--wave: cannot write {}", file));
  options.wave = file;
  options.record.clear();
  options.vectors.clear();
  options.traceFrom = last == 0 ? 0 : last - 1;
  options.traceTo = last + 1;
  options.commands = last + 1;
  if (!options.only.empty()) options.traceFrom = options.only.front();
  runBankBench(options);
  markSaveFile(file, failing.mismatch->cycle * failing.clock);
  std::cerr << fmt::format("{}: waveform of the command and the one before it: {}\n", program, file);
}

std::vector<std::uint64_t> numbers(const std::string& list) {
  std::vector<std::uint64_t> numbers;
  std::size_t at = 0;
  while (at < list.size()) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    const std::string word = list.substr(at, comma - at);
    if (word.empty() || word.size() > 18 || word.find_first_not_of("0123456789") != std::string::npos)
      throw UserError(fmt::format("--only: expected numbers of commands separated by commas, got {}", list));
    numbers.push_back(std::stoull(word));
    if (numbers.size() > 1 && numbers[numbers.size() - 2] >= numbers.back())
      throw UserError(fmt::format("--only: expected ascending numbers, got {}", list));
    at = comma + 1;
  }
  return numbers;
}

/// Reads formats from a file with one per line.
std::vector<std::string> formatsIn(const std::string& file) {
  std::ifstream lines(file);
  if (!lines) throw UserError(fmt::format("--towards: cannot read {}", file));
  std::vector<std::string> known = bankFormats();
  for (const std::string& weights : bankWeights()) known.push_back(weights);
  std::vector<std::string> formats;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (std::find(known.begin(), known.end(), line) == known.end())
      throw UserError(fmt::format("--towards: {}: expected formats of bank commands, got {}", file, line));
    formats.push_back(line);
  }
  return formats;
}

/// Finds a shorter failing sequence, prints the options that reproduce it, and returns it.
std::vector<std::uint64_t> cut(const BankBenchOptions& options, const BankBenchResult& failing,
                               const std::string& program) {
  std::vector<std::uint64_t> commands = minimalSequence(options, failing);
  std::string settings;
  for (const std::string& setting : options.settings) settings += " --set " + setting;
  std::cerr << fmt::format("{0}: {1} commands are enough: {0} bank --seed {2} --stalls {3}{4} --only {5}\n",
                           program, commands.size(), options.seed, options.stallPercent, settings,
                           fmt::join(commands, ","));
  return commands;
}

}  // namespace

int bankCommand(const std::vector<std::string>& arguments, const Blocks& blocks) {
  BankBenchOptions options;
  options.rtl = blocks.bank;
  std::string wave = "pimtlm-cosim-bank.vcd", only, towards;
  bool minimise = false;
  std::uint64_t plant = 0;
  BenchOptions line(blocks.program, "bank", "compares pim_bank with the TLM bank on random commands");
  auto add = line.add();
  line.addCount("commands", options.commands, 1000, "number of commands");
  add("seed", po::value(&options.seed)->default_value(1), "seed of commands, data, timings and stalls");
  line.addStalls(options.stallPercent, "bus cycles");
  add("from", po::value(&options.from)->default_value(0),
      "first command to run; earlier ones are left out, which does not change this one");
  add("only", po::value(&only),
      "run only these commands, such as 1000,1003, all of the same bank (250 commands)");
  add("set", po::value(&options.settings)->composing(),
      "KEY=VALUE in place of the drawn value: dram.row_buffers, dram.page_bytes, dram.refresh, "
      "dram.refresh_postpone_max, dram.t_*_ns, bank.mac_beat; repeatable");
  add("towards", po::value(&towards), "file of formats, one per line; every other command has the next one");
  add("minimise", po::bool_switch(&minimise), "reduce a failing run to the fewest commands that still fail");
  add("plant", po::value(&plant), "invert a bit of the result of this command, to test the bench itself");
  add("wave", po::value(&wave)->default_value(wave), "file for the waveform of a mismatch");
  add("vectors", po::value(&options.vectors),
      "file for the transactions, for other benches (docs/rtl_vectors.md)");
  add("record", po::value(&options.record),
      "file for the pins of each cycle, for another simulator; at most 250 commands");
  if (!line.parse(arguments)) return 0;
  if (line.has("plant")) options.plant = plant;
  if (!options.record.empty() && options.commands > 250)
    throw UserError("--record: expected at most 250 --commands");
  if (options.from >= options.commands) throw UserError("--from: expected less than --commands");
  if (!towards.empty()) options.towards = formatsIn(towards);
  if (!only.empty()) {
    options.only = numbers(only);
    if (options.only.front() / 250 != options.only.back() / 250)
      throw UserError("--only: expected commands of one bank, which has 250 commands");
    options.commands = options.only.back() + 1;
  }
  BenchRecord record = line.record();
  BankBenchResult result = runBankBench(options);
  findWriteOfMismatch(options, result);
  for (const auto& [format, count] : result.formats) std::cout << fmt::format("  {:>7}  {}\n", count, format);
  std::cout << fmt::format(
      "bank: {} commands ({} refused by both), {} DRAM commands, {} cycles: {} mismatches\n", result.commands,
      result.refused, result.dramCommands, result.cycles, result.mismatch ? 1 : 0);
  record.write({{"bench", line.json()},
                {"commands", result.commands},
                {"refused", result.refused},
                {"dram_commands", result.dramCommands},
                {"cycles", result.cycles},
                {"mismatches", result.mismatch ? 1 : 0},
                {"mismatch", result.mismatch ? result.mismatch->text() : ""},
                {"formats", result.formats},
                {"coverage", result.coverage.crosses()}});
  if (!result.mismatch) return 0;
  std::cerr << blocks.program << ": " << result.mismatch->text() << '\n';
  BankBenchOptions again = options;
  if (minimise) again.only = cut(options, result, blocks.program);
  leaveWaveform(again, result, wave, blocks.program);
  return 1;
}

}  // namespace pim::cosim
