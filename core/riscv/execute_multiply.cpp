// Multiplication and division (extension M).
#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

using Word = std::uint32_t;

std::int64_t wideSigned(Word value) {
  return static_cast<std::int32_t>(value);
}
Word upper(std::uint64_t value) {
  return static_cast<Word>(value >> 32);
}

Word multiply(Word a, Word b) {
  return a * b;
}
Word multiplyHigh(Word a, Word b) {
  return upper(static_cast<std::uint64_t>(wideSigned(a) * wideSigned(b)));
}
Word multiplyHighMixed(Word a, Word b) {
  return upper(static_cast<std::uint64_t>(wideSigned(a) * static_cast<std::int64_t>(b)));
}
Word multiplyHighUnsigned(Word a, Word b) {
  return upper(std::uint64_t{a} * b);
}

// Division by zero and the one overflow do not trap: the standard defines their results. In 64 bits the
// overflow is none.
Word divide(Word a, Word b) {
  return b == 0 ? ~Word{0} : static_cast<Word>(wideSigned(a) / wideSigned(b));
}
Word divideUnsigned(Word a, Word b) {
  return b == 0 ? ~Word{0} : a / b;
}
Word remainder(Word a, Word b) {
  return b == 0 ? a : static_cast<Word>(wideSigned(a) % wideSigned(b));
}
Word remainderUnsigned(Word a, Word b) {
  return b == 0 ? a : a % b;
}

template <Word (*Compute)(Word, Word)>
void product(Hart& hart, const Op* op) {
  hart.setResult(op, Compute(hart.source1(op), hart.source2(op)));
  return next(hart, op);
}

template <Word (*Compute)(Word, Word)>
void quotient(Hart& hart, const Op* op) {
  if (hart.source2(op) == 0) hart.addCycles(std::uint64_t{hart.table().divideByZero} - hart.table().divide);
  return product<Compute>(hart, op);
}

}  // namespace

Execute multiplyExecutor(Kind kind) {
  switch (kind) {
    case Kind::Mul:
      return product<multiply>;
    case Kind::Mulh:
      return product<multiplyHigh>;
    case Kind::Mulhsu:
      return product<multiplyHighMixed>;
    case Kind::Mulhu:
      return product<multiplyHighUnsigned>;
    case Kind::Div:
      return quotient<divide>;
    case Kind::Divu:
      return quotient<divideUnsigned>;
    case Kind::Rem:
      return quotient<remainder>;
    case Kind::Remu:
      return quotient<remainderUnsigned>;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
