#pragma once

#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "sw/host/layout/layout.h"

namespace pim::host {

/// Allocates Controller memory in ascending order, in CRAM while there is room, then in CMEM. Earlier
/// requests therefore get CRAM first. Activations may have to lie in CMEM. If memory is exhausted, it only
/// counts the bytes, so that a refusal can name how many are missing.
class ControllerMemory {
 public:
  ControllerMemory(const ChipShape& chip, bool activationsInCmem)
      : m_chip(chip), m_activationsInCmem(activationsInCmem) {}

  /// Returns the bus address of `bytes` bytes, on a column boundary; 0 if there is no room. `name` names
  /// their purpose.
  std::uint32_t take(const char* name, std::uint64_t bytes) { return place(name, bytes, true); }
  /// The same for activations.
  std::uint32_t takeActivations(const char* name, std::uint64_t bytes) {
    return place(name, bytes, !m_activationsInCmem);
  }
  /// The allocations in order, without those of 0 bytes.
  const std::vector<Placement>& placements() const { return m_placements; }

  std::uint64_t total() const { return m_chip.cramBytes + m_chip.cmemBytes; }
  std::uint64_t used() const { return m_cram + m_cmem; }
  std::uint64_t missing() const { return m_cmem > m_chip.cmemBytes ? m_cmem - m_chip.cmemBytes : 0; }

 private:
  std::uint32_t place(const char* name, std::uint64_t bytes, bool mayBeCram);

  ChipShape m_chip;
  bool m_activationsInCmem;
  std::vector<Placement> m_placements;
  std::uint64_t m_cram = 0;
  std::uint64_t m_cmem = 0;
};

}  // namespace pim::host
