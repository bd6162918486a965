// Atomic memory operations (extension A). There is one hart: every operation is atomic.
#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

using Word = std::uint32_t;

std::int32_t asSigned(Word value) {
  return static_cast<std::int32_t>(value);
}

Word swap(Word, Word b) {
  return b;
}
Word add(Word a, Word b) {
  return a + b;
}
Word exclusiveOr(Word a, Word b) {
  return a ^ b;
}
Word conjunction(Word a, Word b) {
  return a & b;
}
Word inclusiveOr(Word a, Word b) {
  return a | b;
}
Word smaller(Word a, Word b) {
  return asSigned(a) < asSigned(b) ? a : b;
}
Word larger(Word a, Word b) {
  return asSigned(a) > asSigned(b) ? a : b;
}
Word smallerUnsigned(Word a, Word b) {
  return a < b ? a : b;
}
Word largerUnsigned(Word a, Word b) {
  return a > b ? a : b;
}

/// Atomic accesses are never divided: a misaligned one traps whatever the core does about plain ones.
bool isAligned(Hart& hart, const Op* op, Word address, Cause cause) {
  if (address % 4 == 0) return true;
  hart.raise(op, cause, address);
  return false;
}

void goOn(Hart& hart, const Op* op) {
  if (hart.needsAttention()) return hart.leave(op, op->pc + op->length, false);
  return next(hart, op);
}

template <Word (*Compute)(Word, Word)>
void modify(Hart& hart, const Op* op) {
  const Word address = hart.source1(op), operand = hart.source2(op);
  if (!isAligned(hart, op, address, Cause::StoreMisaligned)) return;
  Word before = 0;
  if (!hart.load(op, address, 4, before)) return;
  if (!hart.store(op, address, 4, Compute(before, operand))) return;
  hart.setResult(op, before);
  return goOn(hart, op);
}

void loadReserved(Hart& hart, const Op* op) {
  const Word address = hart.source1(op);
  if (!isAligned(hart, op, address, Cause::LoadMisaligned)) return;
  Word value = 0;
  if (!hart.load(op, address, 4, value)) return;
  hart.reservation = {true, address};
  hart.setResult(op, value);
  return goOn(hart, op);
}

void storeConditional(Hart& hart, const Op* op) {
  const Word address = hart.source1(op);
  if (!isAligned(hart, op, address, Cause::StoreMisaligned)) return;
  const bool succeeds = hart.reservation.valid && hart.reservation.address == address;
  hart.reservation.valid = false;
  if (succeeds && !hart.store(op, address, 4, hart.source2(op))) return;
  hart.setResult(op, succeeds ? 0 : 1);
  return goOn(hart, op);
}

}  // namespace

Execute atomicExecutor(Kind kind) {
  switch (kind) {
    case Kind::LrW:
      return loadReserved;
    case Kind::ScW:
      return storeConditional;
    case Kind::AmoswapW:
      return modify<swap>;
    case Kind::AmoaddW:
      return modify<add>;
    case Kind::AmoxorW:
      return modify<exclusiveOr>;
    case Kind::AmoandW:
      return modify<conjunction>;
    case Kind::AmoorW:
      return modify<inclusiveOr>;
    case Kind::AmominW:
      return modify<smaller>;
    case Kind::AmomaxW:
      return modify<larger>;
    case Kind::AmominuW:
      return modify<smallerUnsigned>;
    case Kind::AmomaxuW:
      return modify<largerUnsigned>;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
