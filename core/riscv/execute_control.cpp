// Jumps and branches.
#include "core/riscv/steps.h"

namespace pim::riscv {
namespace {

void jump(Hart& hart, const Op* op) {
  hart.setResult(op, op->pc + op->length);
  hart.leave(op, op->immediate, true);
}

void link(Hart& hart, const Op* op) {
  hart.setResult(op, op->pc + op->length);
  return next(hart, op);
}

void jumpRegister(Hart& hart, const Op* op) {
  const Word target = (hart.source1(op) + op->immediate) & ~1u;  // before rd, which may be rs1
  hart.setResult(op, op->pc + op->length);
  hart.leave(op, target, true);
}

void endOfBlock(Hart& hart, const Op* op) {
  hart.leave(op, op->pc, false);
}

}  // namespace

Execute linkExecutor() {
  return link;
}

Execute controlExecutor(Kind kind) {
  switch (kind) {
    case Kind::Jal:
      return jump;
    case Kind::Jalr:
      return jumpRegister;
    case Kind::Beq:
      return alone<Branch<equal>>;
    case Kind::Bne:
      return alone<Branch<unequal>>;
    case Kind::Blt:
      return alone<Branch<less>>;
    case Kind::Bge:
      return alone<Branch<notLess>>;
    case Kind::Bltu:
      return alone<Branch<lessUnsigned>>;
    case Kind::Bgeu:
      return alone<Branch<notLessUnsigned>>;
    case Kind::EndOfBlock:
      return endOfBlock;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
