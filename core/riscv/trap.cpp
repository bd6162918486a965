#include "core/riscv/trap.h"

#include <fmt/format.h>

#include "core/riscv/hart.h"

namespace pim::riscv {

std::string describe(const Trap& trap) {
  switch (static_cast<Cause>(trap.cause)) {
    case Cause::InstructionAccessFault:
      return fmt::format("instruction access fault at 0x{:08x}", trap.value);
    case Cause::IllegalInstruction:
      return fmt::format("illegal instruction 0x{:x}", trap.value);
    case Cause::Breakpoint:
      return "breakpoint instruction";
    case Cause::LoadMisaligned:
      return fmt::format("misaligned load at 0x{:08x}", trap.value);
    case Cause::LoadAccessFault:
      return fmt::format("load access fault at 0x{:08x}", trap.value);
    case Cause::StoreMisaligned:
      return fmt::format("misaligned store at 0x{:08x}", trap.value);
    case Cause::StoreAccessFault:
      return fmt::format("store access fault at 0x{:08x}", trap.value);
    case Cause::EnvironmentCall:
      return "environment call";
  }
  if (trap.cause == kExternalInterrupt) return "external interrupt";
  return fmt::format("trap {}", trap.cause);
}

void Hart::raise(const Op* op, Cause cause, std::uint32_t value) {
  m_cycles += op->cycles;
  m_instructions += op->count - 1u;
  enterTrap(op->pc, static_cast<std::uint32_t>(cause), value);
}

void Hart::enterTrap(std::uint32_t pc, std::uint32_t cause, std::uint32_t value) {
  m_csrs.mepc = pc;
  m_csrs.mcause = cause;
  m_csrs.mtval = value;
  const bool enabled = (m_csrs.mstatus & kMstatusMie) != 0;
  m_csrs.mstatus = kMstatusMpp | (enabled ? kMstatusMpie : 0);
  const bool vectored = (m_csrs.mtvec & 1u) != 0 && (cause & kInterruptCause) != 0;
  m_pc = (m_csrs.mtvec & ~3u) + (vectored ? 4 * (cause & ~kInterruptCause) : 0);
  m_cycles += m_table.trap;
  m_jumped = true;
  // A handler that cannot be fetched would trap to itself for ever.
  if (m_blocks.find(m_pc).ops != nullptr) return;
  m_isLost = true;
  m_lost = {cause, pc, value};
  requestAttention();
}

void Hart::returnFromTrap(const Op* op) {
  const bool enabled = (m_csrs.mstatus & kMstatusMpie) != 0;
  m_csrs.mstatus = kMstatusMpp | kMstatusMpie | (enabled ? kMstatusMie : 0);
  requestAttention();
  leave(op, m_csrs.mepc, true);
}

}  // namespace pim::riscv
