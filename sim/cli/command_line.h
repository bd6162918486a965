#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "platform/config/loader.h"

namespace pim::sim {

using Arguments = std::vector<std::string>;
/// What a command can do with.
using Machines = std::vector<platform::MachineKind>;
inline const Machines kAnyMachine{platform::MachineKind::kPim, platform::MachineKind::kFpga,
                                  platform::MachineKind::kPhone};

/// Whether a command looks for the mapping itself where mapping.auto is on.
enum class AutoMapping { kRefused, kTaken };

/// The options of one command of pimtlm, with those that every command has: --preset, --config, --set, --out,
/// --json,
/// --quiet, --progress, --help. Everything wrong on the line is a UserError.
class CommandLine {
 public:
  /// `usage` is the line under which --help lists the options.
  CommandLine(std::string command, std::string usage);

  /// To add the command's own options to.
  boost::program_options::options_description_easy_init add() { return m_own.add_options(); }

  /// Words without a name before them belong to the option `name`, a list of texts.
  void takeWords(const std::string& name, const std::string& meaning);

  /// Returns false when --help was asked for and printed.
  bool parse(const Arguments& arguments);

  /// The command as a shell would take it, to repeat it.
  std::string text() const;
  bool has(const std::string& name) const { return m_values.count(name) != 0; }
  template <typename T>
  const T& get(const std::string& name) const {
    return m_values[name].as<T>();
  }
  /// Throws a UserError when the option is missing.
  void require(const std::string& name) const;
  /// Throws a UserError unless low <= value <= high.
  std::uint32_t count(const std::string& name, std::uint32_t low, std::uint32_t high) const;

  /// Throws a UserError where one of these options is given and the machine is no PIM chip.
  void refuseUnlessPim(const std::vector<std::string>& options, const platform::Config& config) const;
  /// Whether --json goes to standard output (-, /dev/stdout): nothing else is printed there.
  bool jsonToStdout() const;

  /// The configuration that --preset or --config and --set describe. Throws a UserError where it is none of
  /// the machines that the command is for.
  platform::Config loadConfig(const Machines& machines = {platform::MachineKind::kPim},
                              AutoMapping automatic = AutoMapping::kRefused) const;
  /// The keys that --config and --set name themselves.
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
