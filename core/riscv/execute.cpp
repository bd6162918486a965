#include "core/riscv/execute.h"

#include <stdexcept>

namespace pim::riscv {

Execute executorOf(Kind kind) {
  for (const auto group :
       {integerExecutor, controlExecutor, memoryExecutor, multiplyExecutor, atomicExecutor, systemExecutor}) {
    if (const Execute execute = group(kind)) return execute;
  }
  throw std::logic_error("an instruction that no group executes");
}

}  // namespace pim::riscv
