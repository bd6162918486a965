// The benches of pimtlm with a bank of our own in them: own_rtl bank --commands 1000, own_rtl chip --fidelity
// check ...
#include <systemc>

#include "sim/cosim/benches.h"
#include BANK_HEADER

int sc_main(int argc, char* argv[]) {
  pim::cosim::Blocks blocks;
  blocks.bank = BANK;
  blocks.program = PROGRAM;
  return pim::cosim::runBench({argv + 1, argv + argc}, blocks);
}

int main(int argc, char* argv[]) {
  return pim::cosim::runProgram(argc, argv, PROGRAM);
}
