#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/cosim/bench_record.h"

namespace pim::cosim {

/// The arguments after a bench's name: its own options, and --json and --help, which every bench has.
class BenchOptions {
 public:
  BenchOptions(const std::string& program, std::string bench, const std::string& does);

  /// Returns the object to which the bench adds its own options.
  boost::program_options::options_description_easy_init add() { return m_description.add_options(); }
  /// Adds an option that is a count of at least 1; `usual` is its default.
  void addCount(const char* name, std::uint64_t& value, std::uint64_t usual, const char* what);
  /// Adds --stalls: percentage of `chances` in which a side waits, 0 to 90.
  void addStalls(unsigned& percent, const std::string& chances);

  /// Parses the arguments. Returns false after it printed the text of --help. UserError for every invalid
  /// argument.
  bool parse(const std::vector<std::string>& arguments);

  /// Returns whether the user gave the option.
  bool has(const char* option) const { return m_values.count(option) != 0; }
  /// Returns the request: version of the program, bench, and every option but --json with its value.
  nlohmann::ordered_json json() const;

  /// Returns a record that writes to the file of --json, if there is one.
  BenchRecord record() const { return BenchRecord(m_json); }

 private:
  std::string m_bench;
  boost::program_options::options_description m_description;
  boost::program_options::variables_map m_values;
  std::string m_json;
};

}  // namespace pim::cosim
