#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <iostream>

#include "sim/cosim/alu_bench.h"
#include "sim/cosim/bench_record.h"
#include "sim/cosim/commands.h"
#include "tlm/core/error.h"

namespace pim::cosim {
namespace po = boost::program_options;

int aluCommand(const std::vector<std::string>& arguments) {
  AluBenchOptions options;
  std::vector<std::string> names;
  std::string json;
  po::options_description description(
      "pimtlm-cosim alu: random commands to pim_alu and the model of it, compared");
  po::options_description_easy_init add = description.add_options();
  add("help", "this text");
  add("op", po::value(&names)->multitoken(), "operations, such as RMSNORM; all if not given");
  add("vectors", po::value(&options.vectors)->default_value(50'000),
      "elements of operands, of each operation");
  add("seed", po::value(&options.seed)->default_value(1), "of shapes, data and stalls");
  add("stalls", po::value(&options.stallPercent)->default_value(30),
      "percent of handshakes in which a side waits");
  add("json", po::value(&json), "also write what was done there");
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(description).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw UserError(fmt::format("alu: {}", error.what()));
  }
  if (values.count("help") != 0) {
    std::cout << description;
    return 0;
  }
  if (options.stallPercent > 90) throw UserError("--stalls: expected 0 to 90");
  if (names.empty()) names = aluOperationNames();
  for (const std::string& name : names) aluOpcode(name);  // all of them are known before the first one runs
  BenchRecord record(json);
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
                    {"mismatches", result.mismatch.empty() ? 0 : 1}});
    if (result.mismatch.empty()) continue;
    std::cerr << "pimtlm-cosim: " << result.mismatch << '\n';
    failed = true;
    break;
  }
  record.write(rows);
  return failed ? 1 : 0;
}

}  // namespace pim::cosim
