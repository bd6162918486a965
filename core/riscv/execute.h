#pragma once

#include "core/riscv/hart.h"
#include "core/riscv/instruction.h"
#include "core/riscv/op.h"

namespace pim::riscv {

/// Returns the function that executes the kind. Each group of instructions has its own file, whose function
/// returns null for kinds of other groups.
Execute executorOf(Kind kind);
/// Returns the function that executes a jump to the next instruction of its block. Only the link register is
/// left to write.
Execute linkExecutor();
/// Returns the function that executes an instruction of the first kind and the next one of the second; null
/// for most pairs.
Execute pairExecutor(Kind first, Kind second);
Execute integerExecutor(Kind kind);
Execute multiplyExecutor(Kind kind);
Execute controlExecutor(Kind kind);
Execute memoryExecutor(Kind kind);
Execute atomicExecutor(Kind kind);
Execute systemExecutor(Kind kind);

/// Runs the next instruction of the block. Executors end with this call, which compilers turn into a jump, so
/// that a block of any length needs one stack frame. Without that optimisation, each of a block's few
/// instructions needs a frame.
inline void next(Hart& hart, const Op* op) {
  return op[1].run(hart, op + 1);
}

}  // namespace pim::riscv
