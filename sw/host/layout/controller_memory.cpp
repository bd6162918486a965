#include "sw/host/layout/controller_memory.h"

#include <numeric>

#include "abi/pim_layout.h"

namespace pim::host {

std::uint64_t ControllerMemory::used() const {
  return std::accumulate(m_used.begin(), m_used.end(), std::uint64_t{0});
}

std::uint64_t ControllerMemory::baseOf(ControllerMemoryKind memory) const {
  switch (memory) {
    case ControllerMemoryKind::kCram:
      return m_chip.cramBase;
    case ControllerMemoryKind::kCmem:
      return m_chip.cmemBase;
    default:
      return m_chip.externalBase;
  }
}

std::uint64_t ControllerMemory::sizeOf(ControllerMemoryKind memory) const {
  switch (memory) {
    case ControllerMemoryKind::kCram:
      return m_chip.cramBytes;
    case ControllerMemoryKind::kCmem:
      return m_chip.cmemBytes;
    default:
      return m_chip.externalBytes;
  }
}

std::uint64_t ControllerMemory::missingIn(ControllerMemoryKind memory) const {
  const std::uint64_t used = m_used[static_cast<std::size_t>(memory)];
  return used > sizeOf(memory) ? used - sizeOf(memory) : 0;
}

std::uint32_t ControllerMemory::place(const char* name, std::uint64_t bytes, ControllerMemoryKind wanted) {
  const std::uint64_t size = (bytes + PIM_COLUMN_BYTES - 1) / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  ControllerMemoryKind memory = wanted;
  if (wanted == ControllerMemoryKind::kCram && usedOf(wanted) + size > m_chip.cramBytes)
    memory = ControllerMemoryKind::kCmem;
  const std::uint64_t address = baseOf(memory) + usedOf(memory);
  usedOf(memory) += size;
  if (bytes != 0) m_placements.push_back({name, memory, address, bytes});
  return missingIn(memory) != 0 ? 0 : static_cast<std::uint32_t>(address);
}

}  // namespace pim::host
