#include "tests/sw/firmware/command_interpreter.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace pim::test {
namespace {

constexpr std::uint32_t kRegisterBytes = 0x1000;

}  // namespace

CommandInterpreter::CommandInterpreter(TestChip& chip, Adversary adversary, std::uint32_t seed)
    : m_chip(chip),
      m_adversary(adversary),
      m_random(seed),
      m_units(2 * chip.shape().dies + chip.shape().slots() + 2) {
  static const auto isRegister = [](std::uint32_t address) { return address - kRegisters < kRegisterBytes; };
  m_hal.context = this;
  m_hal.read32 = [](void* context, std::uint32_t address) -> std::uint32_t {
    auto* it = static_cast<CommandInterpreter*>(context);
    if (isRegister(address)) return it->readRegister(address - kRegisters);
    std::uint32_t value;
    std::memcpy(&value, it->m_chip.controller(address, 4), 4);
    return value;
  };
  m_hal.write32 = [](void* context, std::uint32_t address, std::uint32_t value) {
    auto* it = static_cast<CommandInterpreter*>(context);
    if (isRegister(address)) return it->writeRegister(address - kRegisters, value);
    std::memcpy(it->m_chip.controller(address, 4), &value, 4);
  };
  m_hal.read_block = [](void* context, std::uint32_t address, void* to, std::uint32_t bytes) {
    std::memcpy(to, static_cast<CommandInterpreter*>(context)->m_chip.controller(address, bytes), bytes);
  };
  m_hal.write_block = [](void* context, std::uint32_t address, const void* from, std::uint32_t bytes) {
    std::memcpy(static_cast<CommandInterpreter*>(context)->m_chip.controller(address, bytes), from, bytes);
  };
  m_hal.wait_for_interrupt = [](void* context) {
    static_cast<CommandInterpreter*>(context)->waitForInterrupt();
  };
}

void CommandInterpreter::ring(std::uint32_t jobAddress) {
  m_job = jobAddress;
  m_irq |= PIM_IRQ_JOB;
}

std::uint32_t CommandInterpreter::readRegister(std::uint32_t offset) {
  switch (offset) {
    case PIM_REG_IRQ_STATUS:
      return m_irq;
    case PIM_REG_QUEUE_TAIL:
      return m_tail;
    case PIM_REG_QUEUE_DONE:
      return m_done;
    case PIM_REG_JOB_ADDRESS:
      return m_job;
    default:
      throw std::invalid_argument("read of register " + std::to_string(offset));
  }
}

void CommandInterpreter::writeRegister(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case PIM_REG_IRQ_CLEAR:
      m_irq &= ~value;
      return;
    case PIM_REG_QUEUE_BASE:
      m_ring = value;
      return;
    case PIM_REG_QUEUE_SIZE:
      m_ringSize = value;
      return;
    case PIM_REG_QUEUE_TAIL:
      if (value - m_done > m_ringSize) throw std::logic_error("the ring is overrun");
      while (m_tail != value) take(m_ring + m_tail % m_ringSize * PIM_COMMAND_BYTES, 0);
      return rung();
    case PIM_REG_PROGRAM_BASE:
      m_program = value;
      return;
    case PIM_REG_PROGRAM_FIRST:
      m_programFirst = value;
      return;
    case PIM_REG_PROGRAM_RUN: {
      const std::uint32_t base = m_tail + 1 - m_programFirst;
      for (std::uint32_t i = 0; i < value; ++i) take(m_program + i * PIM_COMMAND_BYTES, base);
      return rung();
    }
    case PIM_REG_STATUS:
      m_status = value;
      return;
    case PIM_REG_TOKEN:
      onToken(value);
      return;
    case PIM_REG_MARK:
      onMark(value);
      return;
    default:
      throw std::invalid_argument("write of register " + std::to_string(offset));
  }
}

void CommandInterpreter::rung() {
  m_mostInFlight = std::max(m_mostInFlight, m_tail - m_done);
  if (m_adversary != Adversary::kRandom) return;
  for (std::uint32_t steps = m_random() % 8; steps > 0 && step(); --steps) {
  }
}

void CommandInterpreter::take(std::uint32_t address, std::uint32_t base) {
  const std::uint32_t sequence = ++m_tail;
  const ChipShape& shape = m_chip.shape();
  Pending pending{};
  std::memcpy(&pending.command, m_chip.controller(address, PIM_COMMAND_BYTES), PIM_COMMAND_BYTES);
  pim_command& command = pending.command;
  if (command.waits > PIM_MAX_WAITS) throw std::logic_error("too many waits");
  for (std::uint32_t w = 0; w < command.waits; ++w) {
    if (command.wait_for[w] != PIM_NO_SEQUENCE) command.wait_for[w] += base;
    if (command.wait_for[w] >= sequence) throw std::logic_error("a command waits for a later one");
  }
  if ((command.flags & PIM_FLAG_IRQ) != 0) m_interrupting.push_back(sequence);
  onCommand(command);
  m_pending[sequence] = pending;

  const std::size_t banks = 2 * shape.dies, alu = banks + shape.slots(), nops = alu + 1;
  if (command.opcode == PIM_OP_NOP) return enqueue(nops, {sequence, 0, {}});
  if (command.opcode >= PIM_OP_EMBED) return enqueue(alu, {sequence, 0, {}});
  if (command.opcode == PIM_OP_FETCH) {
    const std::uint32_t die = command.body.copy.slot % shape.dies;
    return enqueue(shape.dies + die, {sequence, die, {}});
  }
  for (std::uint32_t die = 0; die < shape.dies; ++die) {
    const std::vector<Member> members = membersOnDie(command, shape, die);
    if (members.empty()) continue;
    if (command.opcode == PIM_OP_SEND)
      enqueue(die, {sequence, die, {}});
    else if (command.opcode == PIM_OP_GATHER)
      enqueue(shape.dies + die, {sequence, die, {}});
    else
      for (const Member& member : members) enqueue(banks + member.slot, {sequence, die, member});
  }
}

void CommandInterpreter::enqueue(std::size_t unit, Share share) {
  m_units[unit].push_back(share);
  ++m_pending[share.sequence].sharesLeft;
}

bool CommandInterpreter::mayRun(const pim_command& command) const {
  for (std::uint32_t w = 0; w < command.waits; ++w) {
    const std::uint32_t sequence = command.wait_for[w];
    if (sequence != PIM_NO_SEQUENCE && sequence > m_done && m_pending.count(sequence) != 0) return false;
  }
  return true;
}

bool CommandInterpreter::step() {
  std::vector<std::size_t> ready;
  for (std::size_t unit = 0; unit < m_units.size(); ++unit) {
    if (m_units[unit].empty()) continue;
    const std::uint32_t sequence = m_units[unit].front().sequence;
    if (mayRun(m_pending.at(sequence).command)) ready.push_back(unit);
  }
  if (ready.empty()) return false;
  const auto older = [&](std::size_t a, std::size_t b) {
    return m_units[a].front().sequence < m_units[b].front().sequence;
  };
  std::size_t chosen = ready[m_random() % ready.size()];
  if (m_adversary == Adversary::kOldestFirst) chosen = *std::min_element(ready.begin(), ready.end(), older);
  if (m_adversary == Adversary::kNewestFirst) chosen = *std::max_element(ready.begin(), ready.end(), older);
  const Share share = m_units[chosen].front();
  m_units[chosen].pop_front();
  execute(share);
  finishShare(share.sequence);
  return true;
}

void CommandInterpreter::execute(const Share& share) {
  const pim_command& command = m_pending.at(share.sequence).command;
  if (command.opcode == PIM_OP_NOP) return;
  if (command.opcode >= PIM_OP_EMBED)
    executeInAlu(m_chip, command);
  else if (command.opcode >= PIM_OP_MAC)
    executeInBank(m_chip, command, share.member);
  else
    executeOnLink(m_chip, command, share.die);
}

void CommandInterpreter::finishShare(std::uint32_t sequence) {
  if (--m_pending.at(sequence).sharesLeft != 0) return;
  m_pending.erase(sequence);
  retire();
}

void CommandInterpreter::retire() {
  m_done = m_pending.empty() ? m_tail : m_pending.begin()->first - 1;
  const auto passed = std::partition(m_interrupting.begin(), m_interrupting.end(),
                                     [&](std::uint32_t sequence) { return sequence > m_done; });
  if (passed != m_interrupting.end()) m_irq |= PIM_IRQ_COMMAND;
  m_interrupting.erase(passed, m_interrupting.end());
}

void CommandInterpreter::waitForInterrupt() {
  while (m_irq == 0)
    if (!step()) throw std::logic_error("the firmware sleeps and nothing is left to wake it");
}

}  // namespace pim::test
