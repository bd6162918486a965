#include "core/riscv/function_profile.h"

#include <fmt/format.h>

namespace pim::riscv {

FunctionProfile::FunctionProfile(const ElfImage& image) : m_stack(image), m_nodes{{nullptr, 0, {}, {}}} {}

std::size_t FunctionProfile::childOf(std::size_t parent, const ElfFunction* function) {
  const auto known = m_nodes[parent].children.find(function);
  if (known != m_nodes[parent].children.end()) return known->second;
  const std::size_t child = m_nodes.size();
  m_nodes[parent].children[function] = child;
  m_nodes.push_back({function, parent, {}, {}});
  return child;
}

void FunctionProfile::onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) {
  count(cycle, instruction);
  const CallStack::Step step = m_stack.block(pc);
  for (std::size_t i = 0; i < step.left; ++i) m_current = m_nodes[m_current].parent;
  if (step.entered) m_current = childOf(m_current, m_stack.functions().back());
}

void FunctionProfile::count(std::uint64_t cycle, std::uint64_t instruction) {
  Count& sum = m_nodes[m_current].count;
  sum.cycles += cycle - m_cycle;
  sum.instructions += instruction - m_instruction;
  m_cycle = cycle;
  m_instruction = instruction;
}

std::map<std::string, FunctionProfile::Count> FunctionProfile::functions() const {
  std::map<std::string, Count> functions;
  for (const Node& node : m_nodes) {
    if (node.count.cycles == 0) continue;
    Count& count = functions[functionName(node.function)];
    count.cycles += node.count.cycles;
    count.instructions += node.count.instructions;
  }
  return functions;
}

std::string FunctionProfile::foldedStacks() const {
  std::string text;
  for (const Node& node : m_nodes) {
    if (node.count.cycles == 0) continue;
    std::string stack = functionName(node.function);
    for (std::size_t up = node.parent; up != 0; up = m_nodes[up].parent)
      stack = fmt::format("{};{}", functionName(m_nodes[up].function), stack);
    text += fmt::format("{} {}\n", stack, node.count.cycles);
  }
  return text;
}

}  // namespace pim::riscv
