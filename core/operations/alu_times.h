#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"

namespace pim {

/// Caches the cycles of ALU commands by shape. The time does not depend on operands, only on the memory that
/// they are in, and a model has few shapes. A new shape may replace another one in the cache.
class AluTimes {
 public:
  explicit AluTimes(const MemoryRates& memory) : m_memory(memory) {}

  /// Returns the cycles of commands of this shape; 0 if they are unknown, for the caller to set.
  std::int64_t& of(const pim_command& command);

 private:
  struct Shape {
    pim_alu alu;  ///< without the fields that contain addresses or values
    std::uint8_t opcode;
    std::uint8_t columnParts;
    std::uint16_t operands;  ///< which operands exist, and the memory of each, in two bits
  };
  struct Known {
    Shape shape{};
    std::int64_t cycles = 0;
  };

  Shape shapeOf(const pim_command& command) const;

  MemoryRates m_memory;
  static constexpr std::size_t kPlaces = 128;
  std::array<Known, kPlaces> m_known{};
};

}  // namespace pim
