#include "sim/cosim/bench_options.h"

#include <fmt/format.h>

#include <iostream>

#include "core/base/error.h"
#include "sim/cli/version.h"

namespace pim::cosim {
namespace po = boost::program_options;

BenchOptions::BenchOptions(const std::string& program, std::string bench, const std::string& does)
    : m_bench(std::move(bench)), m_description(fmt::format("{} {}: {}", program, m_bench, does)) {
  add()("help", "this text")("json", po::value(&m_json), "also write what was done there");
}

void BenchOptions::addStalls(unsigned& percent, const std::string& chances) {
  const auto check = [](unsigned value) {
    if (value > 90) throw UserError("--stalls: expected 0 to 90");
  };
  add()("stalls", po::value(&percent)->default_value(30)->notifier(check),
        ("percent of " + chances + " in which a side waits").c_str());
}

void BenchOptions::addCount(const char* name, std::uint64_t& value, std::uint64_t usual, const char* what) {
  const auto check = [name](std::uint64_t count) {
    if (count == 0) throw UserError(fmt::format("--{}: expected at least 1", name));
  };
  add()(name, po::value(&value)->default_value(usual)->notifier(check), what);
}

namespace {

/// Refuses numbers below 0, which the parser would convert to large positive ones.
void refuseNegative(const po::parsed_options& options, const std::string& bench) {
  for (const po::option& option : options.options) {
    for (const std::string& value : option.value) {
      if (value.size() > 1 && value[0] == '-' &&
          value.find_first_not_of("0123456789", 1) == std::string::npos)
        throw UserError(fmt::format("{}: --{}: expected a number of at least 0, got {}", bench,
                                    option.string_key, value));
    }
  }
}

}  // namespace

bool BenchOptions::parse(const std::vector<std::string>& arguments) {
  po::variables_map& values = m_values;
  try {
    // No option has a short form, so -1 is a value.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_short;
    const po::parsed_options options =
        po::command_line_parser(arguments).options(m_description).style(style).run();
    refuseNegative(options, m_bench);
    po::store(options, values);
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

nlohmann::ordered_json BenchOptions::json() const {
  nlohmann::ordered_json options;
  for (const auto& [name, value] : m_values) {
    if (name == "json") continue;
    const boost::any& held = value.value();
    if (const auto* text = boost::any_cast<std::string>(&held)) options[name] = *text;
    if (const auto* list = boost::any_cast<std::vector<std::string>>(&held)) options[name] = *list;
    if (const auto* flag = boost::any_cast<bool>(&held)) options[name] = *flag;
    if (const auto* number = boost::any_cast<unsigned>(&held)) options[name] = *number;
    if (const auto* number = boost::any_cast<std::uint64_t>(&held)) options[name] = *number;
    if (const auto* number = boost::any_cast<double>(&held)) options[name] = *number;
  }
  return {{"version", sim::kVersion}, {"bench", m_bench}, {"options", options}};
}

}  // namespace pim::cosim
