#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "abi/pim_abi.h"
#include "core/base/memory_rates.h"

namespace pim {

/// What ALU commands took, by their shapes: how long one takes does not depend on its operands, but for the
/// memory that they are in, and a model has few shapes. Forgets a shape when another one needs its place.
class AluTimes {
 public:
  explicit AluTimes(const MemoryRates& memory) : m_memory(memory) {}

  /// Cycles of commands of this shape; 0 if they are not known, for the caller to write them there.
  std::int64_t& of(const pim_command& command);

 private:
  struct Shape {
    pim_alu alu;  ///< without what only says where operands lie or what is in them
    std::uint8_t opcode;
    std::uint8_t columnParts;
    std::uint16_t operands;  ///< which of them there are, and which are in CMEM
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
