#pragma once

#include <memory>
#include <set>
#include <vector>

#include "core/riscv/cycle_table.h"
#include "core/riscv/op.h"
#include "core/riscv/region.h"

namespace pim::riscv {

/// Instructions that run one after another from `ops[0]` on: up to the first that always jumps. Branches that
/// are not taken stay in the block.
struct Block {
  std::vector<Op> ops;
  std::uint32_t entryCycles = 0;  ///< more, when a jump leads here
};

/// Decoded blocks of a memory that holds instructions.
class BlockCache {
 public:
  BlockCache(Region memory, const CycleTable& table);

  /// The block that begins at `pc`, decoded when it is first asked for; null where no instruction can be
  /// fetched.
  const Block* find(std::uint32_t pc) {
    const std::uint32_t index = (pc - m_memory.base) >> 1;
    if (index >= m_blocks.size()) return nullptr;
    const Block* block = m_blocks[index].get();
    return block != nullptr ? block : build(pc);
  }
  /// A block of the one instruction at `pc`; lasts until the next call.
  const Block* single(std::uint32_t pc);

  /// Forgets all blocks: the memory has changed. Nobody may be in one.
  void clear();

  /// Blocks end before these.
  void setBreakpoints(std::set<std::uint32_t> addresses);
  bool isBreakpoint(std::uint32_t pc) const { return m_breakpoints.count(pc) != 0; }
  bool hasBreakpoints() const { return !m_breakpoints.empty(); }

 private:
  const Block* build(std::uint32_t pc);
  /// Appends instructions from `pc` on, `most` at the most; false where the first cannot be fetched.
  bool fill(Block& block, std::uint32_t pc, std::uint32_t most) const;
  /// The instruction at `pc`, or nothing.
  bool fetch(std::uint32_t pc, Instruction& instruction) const;

  Region m_memory;
  CycleTable m_table;
  std::vector<std::unique_ptr<Block>> m_blocks;  ///< by halfword
  std::set<std::uint32_t> m_breakpoints;
  Block m_single;
};

}  // namespace pim::riscv
