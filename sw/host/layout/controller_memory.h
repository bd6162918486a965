#pragma once

#include <cstdint>
#include <vector>

#include "core/base/chip_shape.h"
#include "sw/host/layout/layout.h"

namespace pim::host {

/// Hands out Controller memory from bottom to top: what CRAM still has room for lies there, the rest in CMEM,
/// so whoever asks first has the better chance. Asking for more than there is only counts, so that a refusal
/// can say how much is missing.
class ControllerMemory {
 public:
  explicit ControllerMemory(const ChipShape& chip) : m_chip(chip) {}

  /// Bus address of `bytes` bytes, on a column boundary; 0 when there is no room. `name` says what they are
  /// for.
  std::uint32_t take(const char* name, std::uint64_t bytes);
  /// What was taken, in that order; without what has no bytes.
  const std::vector<Placement>& placements() const { return m_placements; }

  std::uint64_t total() const { return m_chip.cramBytes + m_chip.cmemBytes; }
  std::uint64_t used() const { return m_cram + m_cmem; }
  std::uint64_t missing() const { return m_cmem > m_chip.cmemBytes ? m_cmem - m_chip.cmemBytes : 0; }

 private:
  ChipShape m_chip;
  std::vector<Placement> m_placements;
  std::uint64_t m_cram = 0;
  std::uint64_t m_cmem = 0;
};

}  // namespace pim::host
