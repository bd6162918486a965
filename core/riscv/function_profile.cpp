#include "core/riscv/function_profile.h"

#include <fmt/format.h>

namespace pim::riscv {

FunctionProfile::FunctionProfile(const ElfImage& image) : m_image(image), m_nodes{{nullptr, 0, {}, {}}} {}

std::string FunctionProfile::nameOf(const Node& node) {
  return node.function == nullptr ? "(no function)" : node.function->name;
}

bool FunctionProfile::isWithinCurrent(std::uint32_t pc) const {
  const ElfFunction* function = m_nodes[m_current].function;
  return function != nullptr && pc != function->address && pc - function->address < function->bytes;
}

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
  if (isWithinCurrent(pc)) return;
  const ElfFunction* function = functionAt(m_image, pc);
  const ElfFunction* current = m_nodes[m_current].function;
  if (function != nullptr && pc == function->address) {
    if (function != current)
      m_current = childOf(m_current, function);  // else: a loop to its first instruction
    return;
  }
  std::size_t node = m_current;
  while (node != 0 && m_nodes[node].function != function) node = m_nodes[node].parent;
  m_current = node != 0 ? node : childOf(0, function);
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
    Count& count = functions[nameOf(node)];
    count.cycles += node.count.cycles;
    count.instructions += node.count.instructions;
  }
  return functions;
}

std::string FunctionProfile::foldedStacks() const {
  std::string text;
  for (const Node& node : m_nodes) {
    if (node.count.cycles == 0) continue;
    std::string stack = nameOf(node);
    for (std::size_t up = node.parent; up != 0; up = m_nodes[up].parent)
      stack = nameOf(m_nodes[up]) + ';' + stack;
    text += fmt::format("{} {}\n", stack, node.count.cycles);
  }
  return text;
}

}  // namespace pim::riscv
