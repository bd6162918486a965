#include "sim/cosim/bench_options.h"

#include <fmt/format.h>

#include <iostream>

#include "core/base/error.h"

namespace pim::cosim {
namespace po = boost::program_options;

BenchOptions::BenchOptions(std::string bench, const std::string& does)
    : m_bench(std::move(bench)), m_description(fmt::format("pimtlm-cosim {}: {}", m_bench, does)) {
  add()("help", "this text")("json", po::value(&m_json), "also write what was done there");
}

void BenchOptions::addStalls(unsigned& percent, const std::string& chances) {
  const auto check = [](unsigned value) {
    if (value > 90) throw UserError("--stalls: expected 0 to 90");
  };
  add()("stalls", po::value(&percent)->default_value(30)->notifier(check),
        ("percent of " + chances + " in which a side waits").c_str());
}

bool BenchOptions::parse(const std::vector<std::string>& arguments) {
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(m_description).run(), values);
    if (values.count("help") != 0) {
      std::cout << m_description;
      return false;
    }
    po::notify(values);
  } catch (const po::error& error) {
    throw UserError(fmt::format("{}: {}", m_bench, error.what()));
  }
  return true;
}

}  // namespace pim::cosim
