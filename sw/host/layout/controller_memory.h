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
      : m_chip(chip), m_activations(activations) {}

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

  std::uint64_t total() const { return m_chip.cramBytes + m_chip.cmemBytes + m_chip.externalBytes; }
  std::uint64_t used() const;
  /// Bytes that CMEM or the external memory lacks.
  std::uint64_t missingIn(ControllerMemoryKind memory) const;

 private:
  std::uint32_t place(const char* name, std::uint64_t bytes, ControllerMemoryKind wanted);
  std::uint64_t& usedOf(ControllerMemoryKind memory) { return m_used[static_cast<std::size_t>(memory)]; }
  std::uint64_t baseOf(ControllerMemoryKind memory) const;
  std::uint64_t sizeOf(ControllerMemoryKind memory) const;

  ChipShape m_chip;
  ControllerMemoryKind m_activations;
  std::vector<Placement> m_placements;
  std::array<std::uint64_t, kControllerMemories> m_used{};
};

}  // namespace pim::host
