#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/cosim/bench_record.h"

namespace pim::cosim {

/// The words behind a bench's name: its own options, and --json and --help, which every bench has.
class BenchOptions {
 public:
  BenchOptions(const std::string& program, std::string bench, const std::string& does);

  /// To add the bench's own options to.
  boost::program_options::options_description_easy_init add() { return m_description.add_options(); }
  /// An option that says how many: at least 1.
  void addCount(const char* name, std::uint64_t& value, std::uint64_t usual, const char* what);
  /// --stalls: percent of `chances` in which a side waits, 0 to 90.
  void addStalls(unsigned& percent, const std::string& chances);

  /// Returns false when --help was asked for and printed. Everything wrong is a UserError.
  bool parse(const std::vector<std::string>& arguments);

  /// Whether the user gave it.
  bool has(const char* option) const { return m_values.count(option) != 0; }
  /// What was asked for: version of the program, bench, every option but --json with its value.
  nlohmann::ordered_json json() const;

  /// Where --json says; nowhere without it.
  BenchRecord record() const { return BenchRecord(m_json); }

 private:
  std::string m_bench;
  boost::program_options::options_description m_description;
  boost::program_options::variables_map m_values;
  std::string m_json;
};

}  // namespace pim::cosim
