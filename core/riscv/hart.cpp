#include "core/riscv/hart.h"

#include <utility>

namespace pim::riscv {
namespace {

std::uint32_t bitsBeyond(const Region& memory) {
  if (memory.bytes == 0 || memory.base % 4 != 0) return ~0u;
  std::uint32_t size = 1;
  while (size <= memory.bytes / 2) size *= 2;
  return ~(size - 1);
}

}  // namespace

Hart::Hart(const CycleTable& table, Region instructions, Region data, Bus& bus)
    : m_table(table),
      m_instructionMemory(instructions),
      m_data(data),
      m_beyondData(bitsBeyond(data)),
      m_bus(bus),
      m_blocks(instructions, table) {}

void Hart::reset(std::uint32_t pc) {
  m_blocks.clear();
  m_x.fill(0);
  m_pc = pc & ~1u;
  m_cycles = m_instructions = 0;
  m_csrs = CsrFile{};
  m_lost = Trap{};
  reservation = {};
  m_windows = {};
  m_windowStalls = 0;
  m_jumped = m_attention = m_waiting = m_forget = m_isLost = false;
}

void Hart::setInterrupt(bool level) {
  m_csrs.mip = level ? kMachineExternal : 0;
  requestAttention();
}

void Hart::grant(const Window& window) {
  m_windows.back() = window;
  std::swap(m_windows.front(), m_windows.back());
}

void Hart::revoke(std::uint64_t first, std::uint64_t last) {
  for (Window& window : m_windows) {
    const std::uint64_t begin = window.region.base, end = begin + window.region.bytes;
    if (begin <= last && first < end) window = {};
  }
}

bool Hart::attend() {
  m_attention = false;
  if (m_isLost) {
    m_attention = true;  // for good
    return false;
  }
  if (m_forget) {
    m_forget = false;
    m_blocks.clear();
  }
  if (m_waiting && !m_csrs.interruptPending()) {
    m_attention = true;
    return false;
  }
  if (m_waiting) {
    m_waiting = false;
    m_cycles += m_table.wakeUp;
  }
  if (m_csrs.interruptTaken()) enterTrap(m_pc, kExternalInterrupt, 0);
  return !m_isLost;
}

Stop Hart::run(std::uint64_t untilCycle) {
  while (m_cycles < untilCycle) {
    if (m_attention && !attend()) return m_isLost ? Stop::Lost : Stop::Waiting;
    if (m_blocks.hasBreakpoints() && m_blocks.isBreakpoint(m_pc)) return Stop::Breakpoint;
    const BlockCache::Entry entry = m_blocks.find(m_pc);
    if (entry.ops == nullptr) {
      enterTrap(m_pc, static_cast<std::uint32_t>(Cause::InstructionAccessFault), m_pc);
      continue;
    }
    if (m_jumped) m_cycles += entry.entryCycles;
    if (m_observer != nullptr) m_observer->onBlock(m_pc, m_cycles, m_instructions);
    entry.ops->run(*this, entry.ops);
  }
  return m_isLost ? Stop::Lost : Stop::Budget;
}

Stop Hart::step() {
  if (m_attention && !attend()) return m_isLost ? Stop::Lost : Stop::Waiting;
  const Block* block = m_blocks.single(m_pc);
  if (block == nullptr) {
    enterTrap(m_pc, static_cast<std::uint32_t>(Cause::InstructionAccessFault), m_pc);
    return m_isLost ? Stop::Lost : Stop::Budget;
  }
  if (m_jumped) m_cycles += block->entryCycles;
  if (m_observer != nullptr) m_observer->onBlock(m_pc, m_cycles, m_instructions);
  const Op* first = block->ops.data();
  first->run(*this, first);
  return m_isLost ? Stop::Lost : Stop::Budget;
}

}  // namespace pim::riscv
