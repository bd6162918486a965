#pragma once

#include <cstdint>

#include "core/base/chip_shape.h"

namespace pim::host {

/// Hands out Controller memory from bottom to top: CRAM while it lasts, then CMEM. Asking for more than there
/// is only counts, so that a refusal can say how much is missing.
class ControllerMemory {
 public:
  explicit ControllerMemory(const ChipShape& chip) : m_chip(chip) {}

  /// Bus address of `bytes` bytes, on a column boundary; 0 when there is no room.
  std::uint32_t take(std::uint64_t bytes);

  std::uint64_t total() const { return m_chip.cramBytes + m_chip.cmemBytes; }
  std::uint64_t used() const { return m_cram + m_cmem; }
  std::uint64_t missing() const { return m_cmem > m_chip.cmemBytes ? m_cmem - m_chip.cmemBytes : 0; }

 private:
  ChipShape m_chip;
  std::uint64_t m_cram = 0;
  std::uint64_t m_cmem = 0;
};

}  // namespace pim::host
