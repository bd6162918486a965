#pragma once

#include "core/riscv/hart.h"
#include "core/riscv/instruction.h"
#include "core/riscv/op.h"

namespace pim::riscv {

/// Executes the kind. Each group of instructions has a file of its own; its function returns null for the
/// others.
Execute executorOf(Kind kind);
/// Executes a jump to the next instruction of its block: what is left is the link.
Execute linkExecutor();
Execute integerExecutor(Kind kind);
Execute multiplyExecutor(Kind kind);
Execute controlExecutor(Kind kind);
Execute memoryExecutor(Kind kind);
Execute atomicExecutor(Kind kind);
Execute systemExecutor(Kind kind);

/// Goes on with the next instruction of the block. Executors end with it: compilers make a jump of it, so
/// that a block of any length needs one frame (and where they do not, a frame for each of a block's few
/// instructions).
inline void next(Hart& hart, const Op* op) {
  return op[1].run(hart, op + 1);
}

}  // namespace pim::riscv
