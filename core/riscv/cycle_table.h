#pragma once

#include <cstdint>
#include <string>

#include "core/riscv/instruction.h"

namespace pim::riscv {

/// Clock cycles that a core takes for each group of instructions, with memories that answer in one cycle.
/// What an access waits for beyond that is added. Values and their sources: platform/cores/*.yaml.
struct CycleTable {
  std::string name;
  std::uint32_t alu = 1;
  std::uint32_t shift = 1;         ///< by nothing
  std::uint32_t shiftPerFour = 0;  ///< for each whole four positions
  std::uint32_t shiftPerOne = 0;   ///< for each position beyond those
  std::uint32_t load = 1;
  std::uint32_t store = 1;
  std::uint32_t multiply = 1;
  std::uint32_t multiplyHigh = 1;
  std::uint32_t divide = 1;
  std::uint32_t divideByZero = 1;
  std::uint32_t jump = 1;
  std::uint32_t jumpRegister = 1;
  std::uint32_t branchTaken = 1;
  std::uint32_t branchNotTaken = 1;
  std::uint32_t unalignedTarget = 0;  ///< more, when a jump goes to 4 bytes that lie across two words
  std::uint32_t csr = 1;
  std::uint32_t fence = 1;
  std::uint32_t fenceInstructions = 1;
  std::uint32_t trap = 1;    ///< from the instruction that traps, or is interrupted, to the handler's first
  std::uint32_t wakeUp = 1;  ///< from the interrupt to the instruction after WFI
  bool misaligned = true;    ///< loads and stores across words are done in two accesses; false: they trap
};

/// Cycles of the instruction; of a branch when not taken, of a shift by a register by nothing, of a division
/// by what is not zero.
std::uint32_t staticCycles(const CycleTable& table, const Instruction& instruction);

/// Cycles of a shift beyond those of one by nothing.
inline std::uint32_t shiftCycles(const CycleTable& table, std::uint32_t positions) {
  return positions / 4 * table.shiftPerFour + positions % 4 * table.shiftPerOne;
}

}  // namespace pim::riscv
