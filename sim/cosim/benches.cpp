#include "sim/cosim/benches.h"

#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <systemc>

#include "core/base/error.h"
#include "core/base/program.h"
#include "sim/cosim/commands.h"
#include "tlm/rtl/checked_bank.h"
#include "tlm/rtl/reference_bank.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim::cosim {
namespace {

constexpr int kMismatch = 1, kBadInput = 2, kInternalError = 3;

struct Bench {
  const char* name;
  int (*run)(const std::vector<std::string>& arguments, const Blocks& blocks);
};
constexpr Bench kBenches[] = {
    {"alu", aluCommand}, {"bank", bankCommand}, {"die", dieCommand}, {"chip", chipCommand}};

int dispatch(const std::vector<std::string>& words, const Blocks& blocks) {
  if (words.empty() || words[0] == "--help") {
    std::cout << fmt::format(
        "{}: the RTL against the model. Exit status: 0 they agree, 1 they differ, 2 bad input\n\n",
        blocks.program);
    for (const Bench& bench : kBenches)
      std::cout << fmt::format("  {1} {0:<6} see {1} {0} --help\n", bench.name, blocks.program);
    return words.empty() ? kBadInput : 0;
  }
  for (const Bench& bench : kBenches)
    if (words[0] == bench.name) return bench.run({words.begin() + 1, words.end()}, blocks);
  throw UserError(fmt::format("unknown bench '{}'; see {} --help", words[0], blocks.program));
}

/// Reports an error and returns the exit status. A mismatch is a result of the bench; any other error is a
/// bug.
int fail(const std::string& program, const std::string& text) {
  const bool mismatch = text.rfind(kMismatchPrefix, 0) == 0;
  std::cerr << program << ": " << (mismatch ? "" : "internal error: ") << text << '\n';
  return mismatch ? kMismatch : kInternalError;
}

}  // namespace

Blocks::Blocks() : bank(makeReferenceBank) {}

RtlFactories Blocks::ofChip() const {
  RtlFactories rtl = linkedRtl();
  rtl.bank = checkedBanks(bank);
  return rtl;
}

int runBench(const std::vector<std::string>& words, const Blocks& blocks) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    return dispatch(words, blocks);
  } catch (const UserError& error) {
    if (*error.what() != 0) std::cerr << blocks.program << ": " << error.what() << '\n';
    return kBadInput;
  } catch (const sc_core::sc_report& report) {
    // SystemC converts an exception of a simulation process to a report with its text.
    return fail(blocks.program, report.get_msg());
  } catch (const std::exception& error) {
    return fail(blocks.program, error.what());
  }
}

int runProgram(int argc, char* argv[], const char* program) {
  startProgram(program);
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}

}  // namespace pim::cosim
