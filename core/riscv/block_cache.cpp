#include "core/riscv/block_cache.h"

#include <algorithm>
#include <cstring>

#include "core/riscv/execute.h"

namespace pim::riscv {
namespace {

constexpr std::uint32_t kLongest = 64;  ///< instructions of a block

bool endsBlock(Kind kind) {
  return kind == Kind::Jal || kind == Kind::Jalr || kind >= Kind::FenceI || kind == Kind::Illegal ||
         (kind >= Kind::Csrrw && kind <= Kind::Csrrci);
}

bool hasTarget(Kind kind) {
  return kind == Kind::Auipc || kind == Kind::Jal || (kind >= Kind::Beq && kind <= Kind::Bgeu);
}

bool isAcrossWords(std::uint32_t pc, const Instruction& instruction) {
  return pc % 4 != 0 && instruction.length == 4;
}

Op makeOp(const Instruction& instruction, std::uint32_t pc, const Op* before, const CycleTable& table) {
  Op op{};
  op.run = executorOf(instruction.kind);
  op.immediate = static_cast<std::uint32_t>(instruction.immediate) + (hasTarget(instruction.kind) ? pc : 0);
  op.pc = pc;
  op.cycles = (before != nullptr ? before->cycles : 0) + staticCycles(table, instruction);
  op.count = static_cast<std::uint16_t>((before != nullptr ? before->count : 0) +
                                        (instruction.kind == Kind::EndOfBlock ? 0 : 1));
  op.word = instruction.word;
  op.rd = instruction.rd == 0 ? kSink : instruction.rd;
  op.rs1 = instruction.rs1;
  op.rs2 = instruction.rs2;
  op.length = instruction.length;
  return op;
}

/// A block ends where it would begin a loop, so that an interrupt is seen in each turn.
bool leadsBack(const Block& block, std::uint32_t target) {
  return std::any_of(block.ops.begin(), block.ops.end(), [&](const Op& op) { return op.pc == target; });
}

/// Lets an instruction execute the next one, too, where a pair of their kinds has an executor. The next one
/// keeps its own, for when the first is not quick.
void pair(Op& first, Kind kind, Kind next) {
  if (const Execute execute = pairExecutor(kind, next)) first.run = execute;
}

/// Makes the jump one within its block.
void followJump(Op& jump, std::uint32_t unalignedCycles) {
  jump.run = linkExecutor();
  jump.cycles += unalignedCycles;
}

}  // namespace

BlockCache::BlockCache(Region memory, const CycleTable& table)
    : m_memory(memory), m_table(table), m_entries(memory.bytes / 2) {}

bool BlockCache::fetch(std::uint32_t pc, Instruction& instruction) const {
  if (!m_memory.holds(pc, 2)) return false;
  std::uint32_t word = 0;
  std::memcpy(&word, m_memory.at(pc), 2);
  if (!isCompressed(word)) {
    if (!m_memory.holds(pc, 4)) return false;
    std::memcpy(&word, m_memory.at(pc), 4);
  }
  instruction = decode(word);
  return true;
}

bool BlockCache::fill(Block& block, std::uint32_t pc, std::uint32_t most) const {
  block.ops.clear();
  Instruction instruction;
  if (!fetch(pc, instruction)) return false;
  Kind before = Kind::EndOfBlock;  // has no pairs
  block.entryCycles = isAcrossWords(pc, instruction) ? m_table.unalignedTarget : 0;
  do {
    block.ops.push_back(makeOp(instruction, pc, block.ops.empty() ? nullptr : &block.ops.back(), m_table));
    if (block.ops.size() > 1) pair(block.ops[block.ops.size() - 2], before, instruction.kind);
    before = instruction.kind;
    const std::uint32_t target = block.ops.back().immediate;
    Instruction there;
    if (instruction.kind == Kind::Jal && m_followJumps && most > 1 && !leadsBack(block, target) &&
        fetch(target, there)) {
      followJump(block.ops.back(), isAcrossWords(target, there) ? m_table.unalignedTarget : 0);
      pc = target;
    } else {
      pc += instruction.length;
      if (endsBlock(instruction.kind)) return true;
    }
  } while (block.ops.size() < most && !isBreakpoint(pc) && fetch(pc, instruction));
  Instruction end;
  end.kind = Kind::EndOfBlock;
  end.length = 0;
  block.ops.push_back(makeOp(end, pc, &block.ops.back(), m_table));
  return true;
}

BlockCache::Entry BlockCache::build(std::uint32_t pc) {
  auto block = std::make_unique<Block>();
  if (!fill(*block, pc, kLongest)) return {};
  block->ops.shrink_to_fit();
  Entry& entry = m_entries[(pc - m_memory.base) >> 1];
  entry = {block->ops.data(), block->entryCycles};
  m_blocks.push_back(std::move(block));
  return entry;
}

const Block* BlockCache::single(std::uint32_t pc) {
  return fill(m_single, pc, 1) ? &m_single : nullptr;
}

void BlockCache::clear() {
  if (m_blocks.empty()) return;
  m_entries.assign(m_entries.size(), {});
  m_blocks.clear();
}

void BlockCache::setFollowJumps(bool follow) {
  if (follow != m_followJumps) clear();
  m_followJumps = follow;
}

void BlockCache::setBreakpoints(std::set<std::uint32_t> addresses) {
  m_breakpoints = std::move(addresses);
  clear();
}

}  // namespace pim::riscv
