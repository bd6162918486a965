#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "core/base/memory_rates.h"
#include "sw/host/layout/layout.h"

namespace pim::host {

/// Allocates Controller memory in ascending order, in CRAM while there is room, then in CMEM. Earlier
/// requests therefore get CRAM first. Activations may have to lie in CMEM or in external memory. If a memory
/// is exhausted, it only counts the bytes, so that a refusal can name how many are missing.
class ControllerMemory {
 public:
  ControllerMemory(const ChipShape& chip, ControllerMemoryKind activations)
      : m_memories{{{chip.cramBase, chip.cramBytes},
                    {chip.cmemBase, chip.cmemBytes},
                    {chip.externalBase, chip.externalBytes}}},
        m_activations(activations) {}

  /// Returns the bus address of `bytes` bytes, on a column boundary; 0 if there is no room. `name` names
  /// their purpose.
  std::uint32_t take(const char* name, std::uint64_t bytes) {
    return place(name, bytes, ControllerMemoryKind::kCram);
  }
  /// The same for activations.
  std::uint32_t takeActivations(const char* name, std::uint64_t bytes) {
    return place(name, bytes, m_activations);
  }
  /// The allocations in order, without those of 0 bytes.
  const std::vector<Placement>& placements() const { return m_placements; }

  std::uint64_t total() const;
  std::uint64_t used() const;
  /// Bytes that CMEM or the external memory lacks.
  std::uint64_t missingIn(ControllerMemoryKind kind) const;

 private:
  struct Memory {
    std::uint64_t base = 0, size = 0, used = 0;
  };

  std::uint32_t place(const char* name, std::uint64_t bytes, ControllerMemoryKind wanted);
  Memory& of(ControllerMemoryKind kind) { return m_memories[static_cast<std::size_t>(kind)]; }

  std::array<Memory, kControllerMemories> m_memories;
  ControllerMemoryKind m_activations;
  std::vector<Placement> m_placements;
};

}  // namespace pim::host
