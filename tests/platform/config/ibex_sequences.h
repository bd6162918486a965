#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::platform::test {

/// Instructions that ran on Ibex's RTL between two marks, and how long they took. A mark is a store over the
/// bus; cycles count from its request to that of the next, less the kMarkCycles of the first mark.
struct IbexSequence {
  std::string name;
  std::vector<std::uint32_t> code;      ///< of 16 and 32 bits, as tests/core/riscv/encode.h makes them
  std::uint32_t cycles = 0;             ///< of the RTL
  std::vector<std::uint32_t> before{};  ///< runs in front of the first mark
  std::int32_t difference = 0;  ///< what the model takes more, where its table is coarser than the core
};

/// Where the program begins, and what registers hold: see ibexRegisters().
constexpr std::uint32_t kIbexCode = 0x80000000, kIbexData = 0x80020000, kIbexMark = 0x1000;
constexpr std::uint32_t kMarkCycles = 2;

struct IbexRegister {
  unsigned index;
  std::uint32_t value;
};
/// What the registers that the sequences use hold at first. The data memory is zero.
std::vector<IbexRegister> ibexRegisters();

/// Ibex of commit 8b8ee086 (github.com/lowRISC/ibex) in its configuration "small", as ibex_top with
/// RV32MFast, no branch target ALU, writeback stage, branch predictor or instruction cache, in
/// Verilator 5.006; memories and bus grant at once and answer in the next cycle; the external interrupt is up
/// all the time.
std::vector<IbexSequence> ibexSequences();

/// The program of a sequence: `before`, mark, `code`, mark, and an endless loop.
std::vector<std::uint8_t> ibexProgram(const IbexSequence& sequence);

}  // namespace pim::platform::test
