// Accesses that the data memory does not serve at once: other memories, the bus, misaligned ones.
#include <cstring>
#include <utility>

#include "core/riscv/hart.h"

namespace pim::riscv {

void Hart::take(const Bus::Answer& answer, std::uint32_t included) {
  if (answer.cycles > included) m_cycles += answer.cycles - included;
}

const Hart::Window* Hart::findWindow(std::uint32_t address, std::uint32_t bytes) {
  if (!m_windows.front().region.holds(address, bytes)) {
    if (!m_windows.back().region.holds(address, bytes)) return nullptr;
    std::swap(m_windows.front(), m_windows.back());
  }
  return &m_windows.front();
}

bool Hart::readAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t& value) {
  value = 0;
  for (const Region* memory : {&m_data, &m_instructionMemory}) {
    if (!memory->holds(address, bytes)) continue;
    std::memcpy(&value, memory->at(address), bytes);
    return true;
  }
  if (const Window* window = findWindow(address, bytes)) {
    takeWindow(window->cycles[bytes / 2], m_table.load);
    std::memcpy(&value, window->region.at(address), bytes);
    return true;
  }
  const Bus::Answer answer = m_bus.read(address, bytes, m_cycles + op->cycles - m_table.load);
  take(answer, m_table.load);
  value = answer.value;
  return answer.ok;
}

bool Hart::writeAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t value) {
  if (m_data.holds(address, bytes)) {
    std::memcpy(m_data.at(address), &value, bytes);
    return true;
  }
  if (m_instructionMemory.holds(address, bytes)) return false;
  if (const Window* window = findWindow(address, bytes)) {
    takeWindow(window->cycles[bytes / 2], m_table.store);
    std::memcpy(window->region.at(address), &value, bytes);
    return true;
  }
  const Bus::Answer answer = m_bus.write(address, value, bytes, m_cycles + op->cycles - m_table.store);
  take(answer, m_table.store);
  return answer.ok;
}

bool Hart::load(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t& value) {
  if (address % bytes == 0) {
    if (readAligned(op, address, bytes, value)) return true;
    raise(op, Cause::LoadAccessFault, address);
    return false;
  }
  if (!m_table.misaligned) {
    raise(op, Cause::LoadMisaligned, address);
    return false;
  }
  value = 0;
  for (std::uint32_t i = 0; i < bytes; ++i) {
    std::uint32_t byte = 0;
    if (!readAligned(op, address + i, 1, byte)) {
      raise(op, Cause::LoadAccessFault, address + i);
      return false;
    }
    value |= byte << 8 * i;
  }
  if (address / 4 != (address + bytes - 1) / 4) m_cycles += m_table.load;
  return true;
}

bool Hart::store(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t value) {
  if (address % bytes == 0) {
    if (writeAligned(op, address, bytes, value)) return true;
    raise(op, Cause::StoreAccessFault, address);
    return false;
  }
  if (!m_table.misaligned) {
    raise(op, Cause::StoreMisaligned, address);
    return false;
  }
  for (std::uint32_t i = 0; i < bytes; ++i) {
    if (!writeAligned(op, address + i, 1, value >> 8 * i & 0xFFu)) {
      raise(op, Cause::StoreAccessFault, address + i);
      return false;
    }
  }
  if (address / 4 != (address + bytes - 1) / 4) m_cycles += m_table.store;
  return true;
}

}  // namespace pim::riscv
