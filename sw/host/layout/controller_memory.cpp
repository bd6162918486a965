#include "sw/host/layout/controller_memory.h"

#include "abi/pim_layout.h"

namespace pim::host {

std::uint32_t ControllerMemory::place(const char* name, std::uint64_t bytes, bool mayBeCram) {
  const std::uint64_t size = (bytes + PIM_COLUMN_BYTES - 1) / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  const bool inCram = mayBeCram && m_cram + size <= m_chip.cramBytes;
  const std::uint64_t address = inCram ? m_chip.cramBase + m_cram : m_chip.cmemBase + m_cmem;
  (inCram ? m_cram : m_cmem) += size;
  if (bytes != 0) m_placements.push_back({name, inCram, address, bytes});
  if (inCram) return static_cast<std::uint32_t>(address);
  return missing() != 0 ? 0 : static_cast<std::uint32_t>(address);
}

}  // namespace pim::host
