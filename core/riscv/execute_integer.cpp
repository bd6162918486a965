// Integer computations: registers and immediates.
#include "core/riscv/steps.h"

namespace pim::riscv {
namespace {

constexpr Word setLess(Word a, Word b) {
  return less(a, b) ? 1 : 0;
}
constexpr Word setLessUnsigned(Word a, Word b) {
  return a < b ? 1 : 0;
}
constexpr Word exclusiveOr(Word a, Word b) {
  return a ^ b;
}
constexpr Word inclusiveOr(Word a, Word b) {
  return a | b;
}
constexpr Word conjunction(Word a, Word b) {
  return a & b;
}
constexpr Word shiftRight(Word a, Word b) {
  return a >> (b & 31u);
}
constexpr Word shiftRightArithmetic(Word a, Word b) {
  return static_cast<Word>(asSigned(a) >> (b & 31u));
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
      return alone<Immediate<add>>;
    case Kind::Slti:
      return alone<Immediate<setLess>>;
    case Kind::Sltiu:
      return alone<Immediate<setLessUnsigned>>;
    case Kind::Xori:
      return alone<Immediate<exclusiveOr>>;
    case Kind::Ori:
      return alone<Immediate<inclusiveOr>>;
    case Kind::Andi:
      return alone<Immediate<conjunction>>;
    case Kind::Slli:
      return alone<Immediate<shiftLeft>>;
    case Kind::Srli:
      return alone<Immediate<shiftRight>>;
    case Kind::Srai:
      return alone<Immediate<shiftRightArithmetic>>;
    case Kind::Add:
      return alone<Registers<add>>;
    case Kind::Sub:
      return alone<Registers<subtract>>;
    case Kind::Slt:
      return alone<Registers<setLess>>;
    case Kind::Sltu:
      return alone<Registers<setLessUnsigned>>;
    case Kind::Xor:
      return alone<Registers<exclusiveOr>>;
    case Kind::Or:
      return alone<Registers<inclusiveOr>>;
    case Kind::And:
      return alone<Registers<conjunction>>;
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
