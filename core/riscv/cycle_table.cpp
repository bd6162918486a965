#include "core/riscv/cycle_table.h"

namespace pim::riscv {
namespace {

bool isWithin(Kind kind, Kind first, Kind last) {
  return kind >= first && kind <= last;
}

}  // namespace

std::uint32_t staticCycles(const CycleTable& table, const Instruction& instruction) {
  const Kind kind = instruction.kind;
  switch (kind) {
    case Kind::Jal:
      return table.jump;
    case Kind::Jalr:
      return table.jumpRegister;
    case Kind::Slli:
    case Kind::Srli:
    case Kind::Srai:
      return table.shift + shiftCycles(table, static_cast<std::uint32_t>(instruction.immediate));
    case Kind::Sll:
    case Kind::Srl:
    case Kind::Sra:
      return table.shift;
    case Kind::Mul:
      return table.multiply;
    case Kind::Fence:
      return table.fence;
    case Kind::FenceI:
      return table.fenceInstructions;
    case Kind::Mret:
      return table.jumpRegister;
    case Kind::LrW:
      return table.load;
    case Kind::ScW:
      return table.store;
    case Kind::EndOfBlock:
      return 0;
    default:
      break;
  }
  if (isWithin(kind, Kind::Beq, Kind::Bgeu)) return table.branchNotTaken;
  if (isWithin(kind, Kind::Lb, Kind::Lhu)) return table.load;
  if (isWithin(kind, Kind::Sb, Kind::Sw)) return table.store;
  if (isWithin(kind, Kind::Mulh, Kind::Mulhu)) return table.multiplyHigh;
  if (isWithin(kind, Kind::Div, Kind::Remu)) return table.divide;
  if (isWithin(kind, Kind::AmoswapW, Kind::AmomaxuW)) return table.load + table.store;
  if (isWithin(kind, Kind::Csrrw, Kind::Csrrci)) return table.csr;
  return table.alu;
}

}  // namespace pim::riscv
