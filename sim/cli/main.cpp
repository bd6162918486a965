#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <systemc>

#include "core/base/error.h"
#include "core/base/program.h"
#include "sim/cli/lists.h"
#include "sim/cli/version_text.h"
#include "sim/commands/commands.h"
#include "sim/commands/design_commands.h"

namespace {

using pim::sim::Arguments;

constexpr int kBadInput = 2;

struct Command {
  const char* summary;
  std::function<int(const Arguments&)> run;
};

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> kCommands{
      {"run", {"simulate prefill and decode of a model and report the time", pim::sim::runCommand}},
      {"gemv", {"simulate one matrix-vector product, for calibration", pim::sim::gemvCommand}},
      {"step", {"simulate one decode step or one prefill, on any machine", pim::sim::stepCommand}},
      {"generate", {"generate text with a checkpoint on the simulated chip", pim::sim::generateCommand}},
      {"pack", {"convert a checkpoint to the layout of a chip, for fast loading", pim::sim::packCommand}},
      {"perplexity", {"measure how well the simulated chip predicts a text", pim::sim::perplexityCommand}},
      {"analyze", {"compare the published closed forms with the simulation", pim::sim::analyzeCommand}},
      {"sweep", {"simulate many chips, models or jobs; find the Pareto front", pim::sim::sweepCommand}},
      {"sensitivity", {"show the effect of one step of each key", pim::sim::sensitivityCommand}},
      {"solve", {"find the cheapest chip that meets given targets", pim::sim::solveCommand}},
      {"demands", {"find the memory, bandwidth and arithmetic that a chip needs", pim::sim::demandsCommand}},
      {"compare", {"show the results of several runs side by side", pim::sim::compareCommand}},
      {"describe",
       {"print the effective configuration, timings, memory map, capacity", pim::sim::describeCommand}},
  };
  return kCommands;
}

void printHelp() {
  std::cout << "pimtlm: simulator of a processing-in-memory chip that runs LLaMA\n\n";
  for (const auto& [name, command] : commands())
    std::cout << fmt::format("  pimtlm {:<12} {}\n", name, command.summary);
  std::cout << "\n  pimtlm --list presets|models|keys   names for --preset, --model and --set\n"
               "  pimtlm -V, --version                 version and commit\n"
               "  pimtlm -h, --help                    this text\n"
               "\npimtlm COMMAND --help lists the options of a command.\n";
}

int dispatch(const Arguments& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    printHelp();
    return words.empty() ? kBadInput : 0;
  }
  if (words[0] == "--version" || words[0] == "-V") {
    std::cout << pim::sim::versionText() << '\n';
    return 0;
  }
  if (words[0] == "--list" || words[0].rfind("--list=", 0) == 0) {
    const bool joined = words[0] != "--list";
    if (words.size() != (joined ? 1 : 2))
      throw pim::UserError("--list: expected presets, models or keys after it, and nothing else");
    for (const std::string& line : pim::sim::listed(joined ? words[0].substr(7) : words[1]))
      std::cout << line << '\n';
    return 0;
  }
  const auto command = commands().find(words[0]);
  if (command == commands().end()) {
    throw pim::UserError(fmt::format("pimtlm: unknown command '{}'; see pimtlm --help", words[0]));
  }
  return command->second.run(Arguments(words.begin() + 1, words.end()));
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  // Bugs of the model throw in any thread of the simulation and are reported here.
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    const int status = dispatch(Arguments(argv + 1, argv + argc));
    std::cout.flush();
    if (!std::cout) throw pim::UserError("standard output: expected a place that can be written to");
    return status;
  } catch (const pim::UserError& error) {
    std::cerr << "pimtlm: " << error.what() << '\n';
    return kBadInput;
  } catch (const pim::FirmwareError& error) {
    std::cerr << "pimtlm: " << error.what() << '\n';
  } catch (const std::bad_alloc&) {
    std::cerr << "pimtlm: expected a machine with more memory for a chip and a model of this size\n";
    return kBadInput;
  } catch (const sc_core::sc_report& report) {
    // SystemC converts an exception of a simulation process to a report with the text of the exception.
    const bool thrown = report.get_msg_type() == std::string(sc_core::SC_ID_SIMULATION_UNCAUGHT_EXCEPTION_);
    std::string text = report.get_msg();
    text.resize(std::min(text.size(), text.find('\n')));  // SystemC appends files and processes
    std::cerr << "pimtlm: internal error: " << (thrown ? "" : std::string(report.get_msg_type()) + ": ")
              << text << '\n';
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "pimtlm: " << error.path1().string()
              << ": expected a place that can be used: " << error.code().message() << '\n';
    return kBadInput;
  } catch (const std::exception& error) {
    std::cerr << "pimtlm: internal error: " << error.what() << '\n';
  }
  return 1;
}

// Replaces SystemC's main() and suppresses its banner, because programs read the output.
int main(int argc, char* argv[]) {
  pim::startProgram("pimtlm");
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
