#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "platform/config/loader.h"

namespace pim::sim {

using Arguments = std::vector<std::string>;
/// The kinds of machines that a command supports.
using Machines = std::vector<platform::MachineKind>;
inline const Machines kAnyMachine{platform::MachineKind::kPim, platform::MachineKind::kFpga,
                                  platform::MachineKind::kPhone};

/// Whether a command searches for the best mapping if mapping.auto is on.
enum class AutoMapping { kRefused, kTaken };

/// The options of one command of pimtlm, including those that every command has: --preset, --config, --set,
/// --out, --json, --quiet, --progress, --help. Every error on the command line is a UserError.
class CommandLine {
 public:
  /// `usage` is the line under which --help lists the options.
  CommandLine(std::string command, std::string usage);

  /// Returns the object to which the command adds its own options.
  boost::program_options::options_description_easy_init add() { return m_own.add_options(); }

  /// Arguments without a preceding option name belong to the option `name`, a list of texts.
  void takeWords(const std::string& name, const std::string& meaning);

  /// Parses the arguments. Returns false after it printed the text of --help.
  bool parse(const Arguments& arguments);

  /// Returns the command line with shell quoting, to repeat the command.
  std::string text() const;
  bool has(const std::string& name) const { return m_values.count(name) != 0; }
  /// Returns whether an option has its default value because the user did not give it.
  bool isDefault(const std::string& name) const { return m_values[name].defaulted(); }
  template <typename T>
  const T& get(const std::string& name) const {
    return m_values[name].as<T>();
  }
  /// Throws a UserError if the option is missing.
  void require(const std::string& name) const;
  /// Returns the value of a count. Throws a UserError unless low <= value <= high.
  std::uint32_t count(const std::string& name, std::uint32_t low, std::uint32_t high) const;

  /// Throws a UserError if one of these options is given and the machine is not a PIM chip.
  void refuseUnlessPim(const std::vector<std::string>& options, const platform::Config& config) const;
  /// Returns whether --json writes to standard output (-, /dev/stdout), so that nothing else may be printed
  /// there.
  bool jsonToStdout() const;

  /// Loads the configuration of --preset or --config and --set. Throws a UserError if it describes a machine
  /// that the command does not support.
  platform::Config loadConfig(const Machines& machines = {platform::MachineKind::kPim},
                              AutoMapping automatic = AutoMapping::kRefused) const;
  /// Returns the keys that the user set in --config and --set.
  std::vector<platform::AskedKey> askedKeys() const;

 private:
  platform::Config loadAnyConfig() const;

  std::string m_command;
  std::string m_usage;
  Arguments m_words;
  boost::program_options::positional_options_description m_positions;
  boost::program_options::options_description m_own;
  boost::program_options::options_description m_common;
  boost::program_options::variables_map m_values;
};

}  // namespace pim::sim
