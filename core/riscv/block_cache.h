#pragma once

#include <memory>
#include <set>
#include <vector>

#include "core/riscv/cycle_table.h"
#include "core/riscv/op.h"
#include "core/riscv/region.h"

namespace pim::riscv {

/// Instructions that run one after another from `ops[0]` on. The block ends with the first instruction that
/// always jumps; if the cache follows jumps with known targets, with the first jump to an address in a
/// register. A branch that is not taken continues in the block.
struct Block {
  std::vector<Op> ops;
  std::uint32_t entryCycles = 0;  ///< additional cycles when a jump leads here
};

/// Decodes and stores the blocks of a memory that holds instructions.
class BlockCache {
 public:
  BlockCache(Region memory, const CycleTable& table);

  /// A block to run: its first instruction, and the additional cycles when a jump leads there.
  struct Entry {
    const Op* ops = nullptr;
    std::uint32_t entryCycles = 0;
  };
  /// Returns the block that begins at `pc` and decodes it on the first call; null if no instruction can be
  /// fetched there.
  Entry find(std::uint32_t pc) {
    const std::uint32_t index = (pc - m_memory.base) >> 1;
    if (index >= m_entries.size()) return {};
    const Entry entry = m_entries[index];
    return entry.ops != nullptr ? entry : build(pc);
  }
  /// Returns a block of only the instruction at `pc`, valid until the next call.
  const Block* single(std::uint32_t pc);

  /// Discards all blocks because the memory has changed. No block may be running.
  void clear();

  /// Sets addresses before which blocks end.
  void setBreakpoints(std::set<std::uint32_t> addresses);
  bool isBreakpoint(std::uint32_t pc) const { return m_breakpoints.count(pc) != 0; }
  /// Sets whether blocks continue at the known targets of jumps; initially true.
  void setFollowJumps(bool follow);
  bool hasBreakpoints() const { return !m_breakpoints.empty(); }

 private:
  Entry build(std::uint32_t pc);
  /// Fills the block with at most `most` instructions from `pc` on; false if the first cannot be fetched.
  bool fill(Block& block, std::uint32_t pc, std::uint32_t most) const;
  /// Fetches and decodes the instruction at `pc`; false if there is none.
  bool fetch(std::uint32_t pc, Instruction& instruction) const;

  Region m_memory;
  CycleTable m_table;
  std::vector<Entry> m_entries;  ///< indexed by halfword
  std::vector<std::unique_ptr<Block>> m_blocks;
  bool m_followJumps = true;
  std::set<std::uint32_t> m_breakpoints;
  Block m_single;
};

}  // namespace pim::riscv
