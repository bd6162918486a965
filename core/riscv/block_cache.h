#pragma once

#include <memory>
#include <set>
#include <vector>

#include "core/riscv/cycle_table.h"
#include "core/riscv/op.h"
#include "core/riscv/region.h"

namespace pim::riscv {

/// Instructions that run one after another from `ops[0]` on: up to the first that always jumps, or, where
/// jumps are followed, jumps to what a register says. Branches that are not taken stay in the block.
struct Block {
  std::vector<Op> ops;
  std::uint32_t entryCycles = 0;  ///< more, when a jump leads here
};

/// Decoded blocks of a memory that holds instructions.
class BlockCache {
 public:
  BlockCache(Region memory, const CycleTable& table);

  /// A block to run: its first instruction, and what it takes more when a jump leads there.
  struct Entry {
    const Op* ops = nullptr;
    std::uint32_t entryCycles = 0;
  };
  /// The block that begins at `pc`, decoded when it is first asked for; null where no instruction can be
  /// fetched.
  Entry find(std::uint32_t pc) {
    const std::uint32_t index = (pc - m_memory.base) >> 1;
    if (index >= m_entries.size()) return {};
    const Entry entry = m_entries[index];
    return entry.ops != nullptr ? entry : build(pc);
  }
  /// A block of the one instruction at `pc`; lasts until the next call.
  const Block* single(std::uint32_t pc);

  /// Forgets all blocks: the memory has changed. Nobody may be in one.
  void clear();

  /// Blocks end before these.
  void setBreakpoints(std::set<std::uint32_t> addresses);
  bool isBreakpoint(std::uint32_t pc) const { return m_breakpoints.count(pc) != 0; }
  /// Whether blocks go on at the targets of jumps that are known; on at first.
  void setFollowJumps(bool follow);
  bool hasBreakpoints() const { return !m_breakpoints.empty(); }

 private:
  Entry build(std::uint32_t pc);
  /// Appends instructions from `pc` on, `most` at the most; false where the first cannot be fetched.
  bool fill(Block& block, std::uint32_t pc, std::uint32_t most) const;
  /// The instruction at `pc`, or nothing.
  bool fetch(std::uint32_t pc, Instruction& instruction) const;

  Region m_memory;
  CycleTable m_table;
  std::vector<Entry> m_entries;  ///< by halfword
  std::vector<std::unique_ptr<Block>> m_blocks;
  bool m_followJumps = true;
  std::set<std::uint32_t> m_breakpoints;
  Block m_single;
};

}  // namespace pim::riscv
