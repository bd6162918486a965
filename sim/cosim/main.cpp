#include <systemc>

#include "sim/cosim/benches.h"

int sc_main(int argc, char* argv[]) {
  return pim::cosim::runBench({argv + 1, argv + argc}, {});
}

int main(int argc, char* argv[]) {
  return pim::cosim::runProgram(argc, argv, "pimtlm-cosim");
}
