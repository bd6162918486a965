#include "sw/host/layout/controller_memory.h"

#include "abi/pim_layout.h"

namespace pim::host {

std::uint32_t ControllerMemory::take(std::uint64_t bytes) {
  const std::uint64_t size = (bytes + PIM_COLUMN_BYTES - 1) / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  if (m_cram + size <= m_chip.cramBytes) {
    const std::uint64_t address = m_chip.cramBase + m_cram;
    m_cram += size;
    return static_cast<std::uint32_t>(address);
  }
  const std::uint64_t address = m_chip.cmemBase + m_cmem;
  m_cmem += size;
  return missing() != 0 ? 0 : static_cast<std::uint32_t>(address);
}

}  // namespace pim::host
