#include "core/riscv/call_stack.h"

#include <algorithm>

namespace pim::riscv {

CallStack::Step CallStack::change(std::uint32_t pc) {
  const ElfFunction* function = functionAt(m_image, pc);
  if (function != nullptr && pc == function->address) {
    if (function == innermost()) return {};  // a loop to its first instruction
    const std::size_t left = m_functions.size() < kDeepest ? 0 : 1;
    m_functions.resize(m_functions.size() - left);
    m_functions.push_back(function);
    return {left, true};
  }
  const auto returned = std::find(m_functions.rbegin(), m_functions.rend(), function);
  const auto left = static_cast<std::size_t>(returned - m_functions.rbegin());
  m_functions.resize(m_functions.size() - left);
  const bool entered = m_functions.empty();
  if (entered) m_functions.push_back(function);
  return {left, entered};
}

const std::string& functionName(const ElfFunction* function) {
  static const std::string kNone = "(no function)";
  return function != nullptr ? function->name : kNone;
}

}  // namespace pim::riscv
