#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/riscv/call_stack.h"
#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"

namespace pim::riscv {

/// Counts a program's instructions and cycles per function and per call stack.
class FunctionProfile : public BlockObserver {
 public:
  struct Count {
    std::uint64_t instructions = 0;
    std::uint64_t cycles = 0;
  };

  /// The image must outlive the profile.
  explicit FunctionProfile(const ElfImage& image);

  void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) override;
  void onIdle(std::uint64_t cycles) override { m_cycle += cycles; }

  /// Returns the counts of each function, without the functions that it calls.
  std::map<std::string, Count> functions() const;
  /// Returns one line "outermost;...;innermost cycles" per call stack, the input of flame-graph viewers.
  std::string foldedStacks() const;

 private:
  struct Node {
    const ElfFunction* function;
    std::size_t parent;
    Count count;
    std::map<const ElfFunction*, std::size_t> children;
  };
  void count(std::uint64_t cycle, std::uint64_t instruction);
  std::size_t childOf(std::size_t parent, const ElfFunction* function);

  CallStack m_stack;
  std::vector<Node> m_nodes;  ///< the first is the root, which stands for no function
  std::size_t m_current = 0;
  std::uint64_t m_cycle = 0, m_instruction = 0;  // of the last count
};

}  // namespace pim::riscv
