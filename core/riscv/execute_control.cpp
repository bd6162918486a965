// Jumps and branches.
#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

using Word = std::uint32_t;

bool equal(Word a, Word b) {
  return a == b;
}
bool unequal(Word a, Word b) {
  return a != b;
}
bool less(Word a, Word b) {
  return static_cast<std::int32_t>(a) < static_cast<std::int32_t>(b);
}
bool notLess(Word a, Word b) {
  return !less(a, b);
}
bool lessUnsigned(Word a, Word b) {
  return a < b;
}
bool notLessUnsigned(Word a, Word b) {
  return a >= b;
}

template <bool (*Condition)(Word, Word)>
void branch(Hart& hart, const Op* op) {
  if (!Condition(hart.source1(op), hart.source2(op))) return next(hart, op);
  hart.addCycles(std::uint64_t{hart.table().branchTaken} - hart.table().branchNotTaken);
  hart.leave(op, op->immediate, true);
}

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
      return branch<equal>;
    case Kind::Bne:
      return branch<unequal>;
    case Kind::Blt:
      return branch<less>;
    case Kind::Bge:
      return branch<notLess>;
    case Kind::Bltu:
      return branch<lessUnsigned>;
    case Kind::Bgeu:
      return branch<notLessUnsigned>;
    case Kind::EndOfBlock:
      return endOfBlock;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
