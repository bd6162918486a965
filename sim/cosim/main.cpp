#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <systemc>
#include <vector>

#include "core/base/error.h"
#include "sim/cosim/commands.h"

namespace {

constexpr int kBadInput = 2;

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
    std::cout << "pimtlm-cosim: the RTL against the model\n\n";
    for (const Bench& bench : kBenches)
      std::cout << fmt::format("  pimtlm-cosim {0:<6} see pimtlm-cosim {0} --help\n", bench.name);
    return words.empty() ? kBadInput : 0;
  }
  for (const Bench& bench : kBenches)
    if (words[0] == bench.name) return bench.run({words.begin() + 1, words.end()});
  throw pim::UserError(fmt::format("unknown bench '{}'; see pimtlm-cosim --help", words[0]));
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  try {
    return dispatch({argv + 1, argv + argc});
  } catch (const pim::UserError& error) {
    std::cerr << "pimtlm-cosim: " << error.what() << '\n';
    return kBadInput;
  } catch (const std::exception& error) {
    std::cerr << "pimtlm-cosim: internal error: " << error.what() << '\n';
    return 1;
  }
}

// In place of SystemC's own, to keep its banner out of what programs read.
int main(int argc, char* argv[]) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
