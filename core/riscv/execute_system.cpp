// CSR accesses, fences, calls, returns, waiting.
#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

using Word = std::uint32_t;

enum class Update { Write, Set, Clear };

Word updated(Update update, Word before, Word operand) {
  switch (update) {
    case Update::Set:
      return before | operand;
    case Update::Clear:
      return before & ~operand;
    default:
      return operand;
  }
}

template <Update How, bool Immediate>
void accessCsr(Hart& hart, const Op* op) {
  const Word operand = Immediate ? op->rs1 : hart.source1(op);
  const CounterValues counters = hart.counters(op);
  // Setting or clearing no bits, as by x0, is no write; writing to x0 is no read, and no register of ours
  // minds.
  const bool writes = How == Update::Write || op->rs1 != 0;
  const auto before = hart.csrs().read(op->immediate, counters);
  if (!before || (writes && !hart.csrs().write(op->immediate, updated(How, *before, operand), counters))) {
    return hart.raise(op, Cause::IllegalInstruction, op->word);
  }
  hart.setResult(op, *before);
  if (writes) hart.requestAttention();  // interrupts may be on now
  hart.leave(op, op->pc + op->length, false);
}

void fence(Hart& hart, const Op* op) {  // accesses are in order anyway
  return next(hart, op);
}

void fenceInstructions(Hart& hart, const Op* op) {
  hart.forgetBlocks();
  hart.leave(op, op->pc + op->length, false);
}

void environmentCall(Hart& hart, const Op* op) {
  hart.raise(op, Cause::EnvironmentCall, 0);
}

void breakpoint(Hart& hart, const Op* op) {
  hart.raise(op, Cause::Breakpoint, op->pc);
}

void illegal(Hart& hart, const Op* op) {
  hart.raise(op, Cause::IllegalInstruction, op->word);
}

void machineReturn(Hart& hart, const Op* op) {
  hart.returnFromTrap(op);
}

void waitForInterrupt(Hart& hart, const Op* op) {
  hart.waitForInterrupt();
  hart.leave(op, op->pc + op->length, false);
}

}  // namespace

Execute systemExecutor(Kind kind) {
  switch (kind) {
    case Kind::Csrrw:
      return accessCsr<Update::Write, false>;
    case Kind::Csrrs:
      return accessCsr<Update::Set, false>;
    case Kind::Csrrc:
      return accessCsr<Update::Clear, false>;
    case Kind::Csrrwi:
      return accessCsr<Update::Write, true>;
    case Kind::Csrrsi:
      return accessCsr<Update::Set, true>;
    case Kind::Csrrci:
      return accessCsr<Update::Clear, true>;
    case Kind::Fence:
      return fence;
    case Kind::FenceI:
      return fenceInstructions;
    case Kind::Ecall:
      return environmentCall;
    case Kind::Ebreak:
      return breakpoint;
    case Kind::Mret:
      return machineReturn;
    case Kind::Wfi:
      return waitForInterrupt;
    case Kind::Illegal:
      return illegal;
    default:
      return nullptr;
  }
}

}  // namespace pim::riscv
