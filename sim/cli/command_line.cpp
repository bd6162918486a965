#include "sim/cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <system_error>
#include <typeinfo>

#include "core/base/error.h"
#include "core/base/unfinished_file.h"
#include "platform/config/document.h"
#include "platform/config/loader.h"
#include "platform/config/schema.h"

namespace pim::sim {

namespace po = boost::program_options;

namespace {

/// Returns the value of an option as text: the next argument, or the part after its "=".
std::string wordAfter(const Arguments& arguments, const std::string& option) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == option && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].rfind(option + '=', 0) == 0) return arguments[i].substr(option.size() + 1);
  }
  return {};
}

/// Names the type of an option for an error. Of all option types, only numbers can be invalid.
const char* kindOfNumber(const po::options_description& options, const std::string& name) {
  const po::option_description* option =
      options.find_nothrow(name.substr(name.find_first_not_of('-')), false);
  const auto* typed =
      option == nullptr ? nullptr : dynamic_cast<const po::typed_value_base*>(option->semantic().get());
  return typed != nullptr && typed->value_type() == typeid(double) ? "a number" : "a whole number";
}

}  // namespace

CommandLine::CommandLine(std::string command, std::string usage)
    : m_command(std::move(command)),
      m_usage(std::move(usage)),
      m_own("Options"),
      m_common("Options of every command") {
  m_common.add_options()                                                                                //
      ("preset", po::value<std::string>(), "built-in configuration (default: aim8)")                    //
      ("config", po::value<std::string>(), "configuration file (YAML) instead of a preset")             //
      ("set", po::value<std::vector<std::string>>(), "key.path=value: change one setting; repeatable")  //
      ("out", po::value<std::string>(), "directory for all output files")                               //
      ("json", po::value<std::string>(), "file for the result in JSON; -: standard output")             //
      ("quiet", "print no table; generate prints only the text")                                        //
      ("progress", "report progress even if stderr is not a terminal")                                  //
      ("help,h", "print this text");
}

void CommandLine::takeWords(const std::string& name, const std::string& meaning) {
  m_own.add_options()(name.c_str(), po::value<std::vector<std::string>>(), meaning.c_str());
  m_positions.add(name.c_str(), -1);
}

bool CommandLine::parse(const Arguments& arguments) {
  m_words = arguments;
  po::options_description all;
  all.add(m_own).add(m_common);
  try {
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(m_positions)
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              m_values);
    po::notify(m_values);
  } catch (const po::invalid_option_value& error) {
    const std::string name = error.get_option_name();
    throw UserError(fmt::format("{}: expected {}, got {}; see pimtlm {} --help", name,
                                kindOfNumber(m_own, name), platform::quoted(wordAfter(arguments, name)),
                                m_command));
  } catch (const po::error& error) {
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    throw UserError(fmt::format("pimtlm {}: {}; see pimtlm {} --help", m_command, text, m_command));
  }
  if (!has("help")) return true;
  std::cout << m_usage << "\n\n" << m_own << '\n' << m_common;
  return false;
}

std::string CommandLine::text() const {
  std::string text = "pimtlm " + m_command;
  for (const std::string& word : m_words) {
    const bool plain =
        !word.empty() && word.find_first_of(" \t\n\"'\\$`&|;<>()*?[]{}#~!") == std::string::npos;
    text += ' ';
    if (plain) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

void CommandLine::require(const std::string& name) const {
  if (!has(name))
    throw UserError(
        fmt::format("pimtlm {}: --{} is missing; see pimtlm {} --help", m_command, name, m_command));
}

std::uint32_t CommandLine::count(const std::string& name, std::uint32_t low, std::uint32_t high) const {
  require(name);
  const std::int64_t value = get<std::int64_t>(name);
  if (value < low || value > high) {
    throw UserError(
        fmt::format("--{}: expected a whole number from {} to {}, got {}", name, low, high, value));
  }
  return static_cast<std::uint32_t>(value);
}

bool CommandLine::jsonToStdout() const {
  if (!has("json")) return false;
  const std::string& path = get<std::string>("json");
  if (path == "-") return true;
  try {
    return OutputPlace::of(path).descriptor == STDOUT_FILENO;
  } catch (const std::system_error&) {
    return false;  // its writer reports the error
  }
}

std::vector<platform::AskedKey> CommandLine::askedKeys() const {
  return platform::askedKeys(has("config") ? get<std::string>("config") : "",
                             has("set") ? get<std::vector<std::string>>("set") : platform::Overrides{});
}

platform::Config CommandLine::loadConfig(const Machines& machines, AutoMapping automatic) const {
  platform::Config config = loadAnyConfig();
  if (config.mapping.automatic && automatic == AutoMapping::kRefused)
    throw UserError(
        fmt::format("mapping.auto: expected off for pimtlm {}, which does not search for a mapping; "
                    "run, step, sweep, sensitivity, solve and demands do",
                    m_command));
  if (std::find(machines.begin(), machines.end(), config.machine) != machines.end()) return config;
  const std::vector<std::string> all = platform::machineNames();
  std::vector<std::string> names;
  for (const platform::MachineKind kind : machines) names.push_back(all[static_cast<std::size_t>(kind)]);
  throw UserError(fmt::format("pimtlm {}: expected machine: {}, {} is machine: {}", m_command,
                              fmt::join(names, " or "), config.name,
                              all[static_cast<std::size_t>(config.machine)]));
}

void CommandLine::refuseUnlessPim(const std::vector<std::string>& options,
                                  const platform::Config& config) const {
  for (const std::string& option : options) {
    if (!has(option)) continue;
    throw UserError(fmt::format("--{}: expected machine: pim, {} is machine: {}", option, config.name,
                                platform::machineNames()[static_cast<std::size_t>(config.machine)]));
  }
}

platform::Config CommandLine::loadAnyConfig() const {
  if (has("preset") && has("config"))
    throw UserError("--config: expected without --preset, as a file names its own base");
  const auto overrides = has("set") ? get<std::vector<std::string>>("set") : std::vector<std::string>{};
  if (has("config")) return platform::loadConfigFile(get<std::string>("config"), overrides);
  return platform::loadPreset(has("preset") ? get<std::string>("preset") : platform::kDefaultPreset,
                              overrides);
}

}  // namespace pim::sim
