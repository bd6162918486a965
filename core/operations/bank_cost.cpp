#include "core/operations/bank_cost.h"

#include <algorithm>

namespace pim {

std::int64_t BankCompute::columnInterval(const WeightFormat& format, std::uint32_t activationBits,
                                         std::uint32_t vectors) const {
  constexpr std::int64_t kColumnBits = 8 * PIM_COLUMN_BYTES;
  const ColumnShape shape = columnShape(format);
  // Returns the cycles of one column for all vectors: each vector has `work` per shape.bits bits of weights,
  // at a rate of `perBeat` per macClock.
  const auto cycles = [&](std::int64_t work, std::int64_t perBeat) {
    const std::int64_t picoseconds = std::int64_t{vectors} * work * kColumnBits * macClock;
    const std::int64_t perCycle = shape.bits * perBeat * clock.period();
    return (picoseconds + perCycle - 1) / perCycle;
  };
  const std::int64_t operands = std::int64_t{shape.positions} * activationBits;
  const std::int64_t lines = pim_ceil_div(static_cast<std::uint32_t>(operands), operandPortBits);
  return std::max(cycles(std::int64_t{shape.codes} * shape.passes, macLanes),
                  format.isSparse() ? cycles(lines, 1) : cycles(operands, operandPortBits));
}

}  // namespace pim
