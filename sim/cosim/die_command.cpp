#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>

#include "rtl_ref/model/die_model.h"
#include "sim/cosim/bench_record.h"
#include "sim/cosim/commands.h"
#include "sim/cosim/die_bench.h"
#include "tlm/core/error.h"

namespace pim::cosim {
namespace po = boost::program_options;

int dieCommand(const std::vector<std::string>& arguments) {
  DieBenchOptions options;
  std::string json;
  po::options_description description(
      "pimtlm-cosim die: random accesses to pim_die and the TLM die, compared in every cycle");
  po::options_description_easy_init add = description.add_options();
  add("help", "this text");
  add("transfers", po::value(&options.transfers)->default_value(10'000), "accesses of all kinds");
  add("seed", po::value(&options.seed)->default_value(1), "of accesses, data and stalls");
  add("stalls", po::value(&options.stallPercent)->default_value(30),
      "percent of handshakes in which a partner waits");
  add("banks", po::value(&options.banks)->default_value(16), "of the die, 2 to 16");
  add("half-duplex", po::bool_switch(&options.halfDuplex), "the link goes one way at a time");
  add("narrow-ram", po::bool_switch(&options.narrowRam),
      "the die with a DieRAM port of half the link's width");
  add("json", po::value(&json), "also write what was done there");
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(description).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw UserError(fmt::format("die: {}", error.what()));
  }
  if (values.count("help") != 0) {
    std::cout << description;
    return 0;
  }
  if (options.stallPercent > 90) throw UserError("--stalls: expected 0 to 90");
  if (options.banks < 2 || options.banks > DieModel::kBanks) throw UserError("--banks: expected 2 to 16");
  BenchRecord record(json);
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
