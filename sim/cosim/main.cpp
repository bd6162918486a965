#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <systemc>
#include <vector>

#include "core/base/error.h"
#include "core/base/program.h"
#include "sim/cosim/commands.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace {

constexpr int kMismatch = 1, kBadInput = 2, kInternalError = 3;

struct Bench {
  const char* name;
  int (*run)(const std::vector<std::string>& arguments);
};
constexpr Bench kBenches[] = {{"alu", pim::cosim::aluCommand},
                              {"bank", pim::cosim::bankCommand},
                              {"die", pim::cosim::dieCommand},
                              {"chip", pim::cosim::chipCommand}};

int dispatch(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help") {
    std::cout << "pimtlm-cosim: the RTL against the model. Exit status: 0 they agree, 1 they differ, 2 bad "
                 "input\n\n";
    for (const Bench& bench : kBenches)
      std::cout << fmt::format("  pimtlm-cosim {0:<6} see pimtlm-cosim {0} --help\n", bench.name);
    return words.empty() ? kBadInput : 0;
  }
  for (const Bench& bench : kBenches)
    if (words[0] == bench.name) return bench.run({words.begin() + 1, words.end()});
  throw pim::UserError(fmt::format("unknown bench '{}'; see pimtlm-cosim --help", words[0]));
}

/// A difference that ends a simulation is the bench's result; whatever else comes this way is a bug.
int fail(const std::string& text) {
  const bool mismatch = text.rfind(pim::kMismatchPrefix, 0) == 0;
  std::cerr << "pimtlm-cosim: " << (mismatch ? "" : "internal error: ") << text << '\n';
  return mismatch ? kMismatch : kInternalError;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    return dispatch({argv + 1, argv + argc});
  } catch (const pim::UserError& error) {
    if (*error.what() != 0) std::cerr << "pimtlm-cosim: " << error.what() << '\n';
    return kBadInput;
  } catch (const sc_core::sc_report& report) {
    // What a process of the simulation threw comes here as a report of its text.
    return fail(report.get_msg());
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

// In place of SystemC's own, to keep its banner out of what programs read.
int main(int argc, char* argv[]) {
  pim::startProgram("pimtlm-cosim");
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
