#include "sw/host/layout/controller_memory.h"

#include "abi/pim_layout.h"

namespace pim::host {

std::uint64_t ControllerMemory::total() const {
  std::uint64_t bytes = 0;
  for (const Memory& memory : m_memories) bytes += memory.size;
  return bytes;
}

std::uint64_t ControllerMemory::used() const {
  std::uint64_t bytes = 0;
  for (const Memory& memory : m_memories) bytes += memory.used;
  return bytes;
}

std::uint64_t ControllerMemory::missingIn(ControllerMemoryKind kind) const {
  const Memory& memory = m_memories[static_cast<std::size_t>(kind)];
  return memory.used > memory.size ? memory.used - memory.size : 0;
}

std::uint32_t ControllerMemory::place(const char* name, std::uint64_t bytes, ControllerMemoryKind wanted) {
  const std::uint64_t size = (bytes + PIM_COLUMN_BYTES - 1) / PIM_COLUMN_BYTES * PIM_COLUMN_BYTES;
  const bool spills = wanted == ControllerMemoryKind::kCram && of(wanted).used + size > of(wanted).size;
  const ControllerMemoryKind kind = spills ? ControllerMemoryKind::kCmem : wanted;
  Memory& memory = of(kind);
  const std::uint64_t address = memory.base + memory.used;
  memory.used += size;
  if (bytes != 0) m_placements.push_back({name, kind, address, bytes});
  return missingIn(kind) != 0 ? 0 : static_cast<std::uint32_t>(address);
}

}  // namespace pim::host
