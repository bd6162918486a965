#pragma once

#include <cstdint>
#include <string>

namespace pim::riscv {

/// Exceptions, with the numbers of mcause.
enum class Cause : std::uint32_t {
  InstructionAccessFault = 1,
  IllegalInstruction = 2,
  Breakpoint = 3,
  LoadMisaligned = 4,
  LoadAccessFault = 5,
  StoreMisaligned = 6,
  StoreAccessFault = 7,
  EnvironmentCall = 11,
};
constexpr std::uint32_t kInterruptCause = 1u << 31;
constexpr std::uint32_t kExternalInterrupt = kInterruptCause | 11;

/// The state of a hart at a trap from which it could not continue.
struct Trap {
  std::uint32_t cause = 0;  ///< as in mcause
  std::uint32_t pc = 0;
  std::uint32_t value = 0;  ///< as in mtval: the address or the instruction
};

/// Returns a text such as "store access fault at 0x00000000".
std::string describe(const Trap& trap);

}  // namespace pim::riscv
