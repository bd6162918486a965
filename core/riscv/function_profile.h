#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"

namespace pim::riscv {

/// Where a program's instructions and cycles go, by function and by stack of calls. A block that begins a
/// function is taken as its call, any other change of function as a return.
class FunctionProfile : public BlockObserver {
 public:
  struct Count {
    std::uint64_t instructions = 0;
    std::uint64_t cycles = 0;
  };

  /// The image outlives the profile.
  explicit FunctionProfile(const ElfImage& image);

  void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) override;
  void onIdle(std::uint64_t cycles) override { m_cycle += cycles; }

  /// By the function itself, without those that it calls.
  std::map<std::string, Count> functions() const;
  /// A line "outermost;...;innermost cycles" for each stack, as flame-graph viewers read it.
  std::string foldedStacks() const;

 private:
  struct Node {
    const ElfFunction* function;
    std::size_t parent;
    Count count;
    std::map<const ElfFunction*, std::size_t> children;
  };
  void count(std::uint64_t cycle, std::uint64_t instruction);
  static std::string nameOf(const Node& node);
  std::size_t childOf(std::size_t parent, const ElfFunction* function);
  bool isWithinCurrent(std::uint32_t pc) const;

  const ElfImage& m_image;
  std::vector<Node> m_nodes;  ///< the first is the root: no function
  std::size_t m_current = 0;
  std::uint64_t m_cycle = 0, m_instruction = 0;  // counted up to here
};

}  // namespace pim::riscv
