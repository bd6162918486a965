#include "core/operations/alu_times.h"

#include <cstring>
#include <type_traits>

namespace pim {

AluTimes::Shape AluTimes::shapeOf(const pim_command& command) const {
  Shape shape{command.body.alu, command.opcode, command.column_parts, 0};
  pim_alu& alu = shape.alu;
  const auto memoryOf = [this](std::uint32_t address, unsigned shift) {
    return static_cast<unsigned>(m_memory.kindOf(address)) << shift;
  };
  shape.operands =
      static_cast<std::uint16_t>((alu.src != 0 ? 1u : 0u) | (alu.src2 != 0 ? 2u : 0u) | memoryOf(alu.src, 2) |
                                 memoryOf(alu.src2, 4) | memoryOf(alu.dst, 6));
  if (command.opcode == PIM_OP_ADD_RMSNORM)
    shape.operands = static_cast<std::uint16_t>(shape.operands | memoryOf(alu.src3, 8));
  alu.src = alu.src2 = alu.src3 = alu.dst = 0;
  alu.constant = 0;
  alu.exponent = 0;
  alu.multiplier = alu.multiplier_shift = 0;
  if (command.opcode != PIM_OP_ALU_SOFTMAX)
    alu.position = 0;  // the position of a rotation does not affect its time
  return shape;
}

std::int64_t& AluTimes::of(const pim_command& command) {
  static_assert(std::has_unique_object_representations_v<Shape>, "compared byte by byte");
  const Shape shape = shapeOf(command);
  const pim_alu& alu = shape.alu;
  std::uint64_t mixed = (std::uint64_t{alu.count} << 32 | alu.part_count) ^ (std::uint64_t{alu.blocks} << 24);
  mixed ^= (std::uint64_t{alu.rows} << 48) ^ (std::uint64_t{alu.position} << 8) ^ shape.opcode;
  Known& known = m_known[(mixed * 0x9E37'79B9'7F4A'7C15) >> 57];
  static_assert(kPlaces == 1 << 7);
  if (std::memcmp(&known.shape, &shape, sizeof shape) != 0) known = {shape, 0};
  return known.cycles;
}

}  // namespace pim
