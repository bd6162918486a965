#include "platform/assembly/instant_machine.h"

namespace pim::platform {

std::uint32_t InstantMachine::read(std::uint32_t address) {
  if (address >= kRegisterBytes) return word(address);
  switch (address) {
    case PIM_REG_IRQ_STATUS:
      return m_status == PIM_STATUS_IDLE ? std::uint32_t{PIM_IRQ_JOB} : 0;
    case PIM_REG_JOB_ADDRESS:
      return m_jobAddress;
    case PIM_REG_QUEUE_TAIL:
      return m_tail;
    case PIM_REG_QUEUE_DONE:
      m_isLate = m_done != m_tail && !m_isLate;
      if (!m_isLate) m_done = m_tail;
      return m_done;
    default:
      return 0;
  }
}

void InstantMachine::write(std::uint32_t address, std::uint32_t value) {
  if (address >= kRegisterBytes) {
    word(address) = value;
  } else if (address == PIM_REG_QUEUE_TAIL) {
    m_tail = value;
  } else if (address == PIM_REG_PROGRAM_RUN) {
    m_tail += value;
  } else if (address == PIM_REG_STATUS) {
    m_status = value;
  }
}

void InstantMachine::submit(const pim_job& job, std::uint32_t address) {
  writeController(address, reinterpret_cast<const std::uint8_t*>(&job), sizeof job);
  m_jobAddress = address;
  m_status = PIM_STATUS_IDLE;
}

void InstantMachine::writeController(std::uint32_t address, const std::uint8_t* data, std::uint32_t bytes) {
  for (std::uint32_t i = 0; i < bytes; ++i) {
    const unsigned shift = (address + i) % 4 * 8;
    std::uint32_t& at = word(address + i);
    at = (at & ~(0xFFu << shift)) | std::uint32_t{data[i]} << shift;
  }
}

}  // namespace pim::platform
