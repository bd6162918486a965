#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/riscv/elf_image.h"

namespace pim::riscv {

/// Follows in which functions a program is, from the blocks that it runs. A block that begins a function is
/// taken as its call, any other change of function as a return. A return to a function that did not call
/// leaves that one alone.
class CallStack {
 public:
  /// What a block does to the stack: so many functions end, then one may begin.
  struct Step {
    std::size_t left = 0;
    bool entered = false;
  };
  /// A program that calls more than so many functions in each other, or jumps from one to the next for ever,
  /// is shown no deeper.
  static constexpr std::size_t kDeepest = 256;

  /// The image outlives the stack.
  explicit CallStack(const ElfImage& image) : m_image(image) {}

  Step block(std::uint32_t pc) {
    const ElfFunction* current = innermost();
    const bool within =
        current != nullptr && pc != current->address && pc - current->address < current->bytes;
    return within ? Step{} : change(pc);
  }

  /// Outermost first; null for code outside of all functions.
  const std::vector<const ElfFunction*>& functions() const { return m_functions; }

 private:
  const ElfFunction* innermost() const { return m_functions.empty() ? nullptr : m_functions.back(); }
  Step change(std::uint32_t pc);

  const ElfImage& m_image;
  std::vector<const ElfFunction*> m_functions;
};

/// Returns the name of an entry of CallStack::functions().
const std::string& functionName(const ElfFunction* function);

}  // namespace pim::riscv
