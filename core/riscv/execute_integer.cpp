// Integer computations: registers and immediates.
#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

using Word = std::uint32_t;

std::int32_t asSigned(Word value) {
  return static_cast<std::int32_t>(value);
}

Word add(Word a, Word b) {
  return a + b;
}
Word subtract(Word a, Word b) {
  return a - b;
}
Word setLess(Word a, Word b) {
  return asSigned(a) < asSigned(b) ? 1 : 0;
}
Word setLessUnsigned(Word a, Word b) {
  return a < b ? 1 : 0;
}
Word exclusiveOr(Word a, Word b) {
  return a ^ b;
}
Word inclusiveOr(Word a, Word b) {
  return a | b;
}
Word conjunction(Word a, Word b) {
  return a & b;
}
Word shiftLeft(Word a, Word b) {
  return a << (b & 31u);
}
Word shiftRight(Word a, Word b) {
  return a >> (b & 31u);
}
Word shiftRightArithmetic(Word a, Word b) {
  return static_cast<Word>(asSigned(a) >> (b & 31u));
}

template <Word (*Compute)(Word, Word)>
void registers(Hart& hart, const Op* op) {
  hart.setResult(op, Compute(hart.source1(op), hart.source2(op)));
  return next(hart, op);
}

template <Word (*Compute)(Word, Word)>
void immediate(Hart& hart, const Op* op) {
  hart.setResult(op, Compute(hart.source1(op), op->immediate));
  return next(hart, op);
}

/// What a shift by a register costs depends on the register.
template <Word (*Compute)(Word, Word)>
void shiftByRegister(Hart& hart, const Op* op) {
  hart.addCycles(shiftCycles(hart.table(), hart.source2(op) & 31u));
  hart.setResult(op, Compute(hart.source1(op), hart.source2(op)));
  return next(hart, op);
}

void constant(Hart& hart, const Op* op) {  // LUI, and AUIPC with pc added
  hart.setResult(op, op->immediate);
  return next(hart, op);
}

}  // namespace

Execute integerExecutor(Kind kind) {
  switch (kind) {
    case Kind::Lui:
    case Kind::Auipc:
      return constant;
    case Kind::Addi:
      return immediate<add>;
    case Kind::Slti:
      return immediate<setLess>;
    case Kind::Sltiu:
      return immediate<setLessUnsigned>;
    case Kind::Xori:
      return immediate<exclusiveOr>;
    case Kind::Ori:
      return immediate<inclusiveOr>;
    case Kind::Andi:
      return immediate<conjunction>;
    case Kind::Slli:
      return immediate<shiftLeft>;
    case Kind::Srli:
      return immediate<shiftRight>;
    case Kind::Srai:
      return immediate<shiftRightArithmetic>;
    case Kind::Add:
      return registers<add>;
    case Kind::Sub:
      return registers<subtract>;
    case Kind::Slt:
      return registers<setLess>;
    case Kind::Sltu:
      return registers<setLessUnsigned>;
    case Kind::Xor:
      return registers<exclusiveOr>;
    case Kind::Or:
      return registers<inclusiveOr>;
    case Kind::And:
      return registers<conjunction>;
    case Kind::Sll:
      return shiftByRegister<shiftLeft>;
    case Kind::Srl:
      return shiftByRegister<shiftRight>;
    case Kind::Sra:
      return shiftByRegister<shiftRightArithmetic>;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
