#pragma once

#include <array>
#include <cstdint>

#include "core/riscv/block_cache.h"
#include "core/riscv/bus.h"
#include "core/riscv/csr.h"
#include "core/riscv/cycle_table.h"
#include "core/riscv/op.h"
#include "core/riscv/region.h"
#include "core/riscv/trap.h"

namespace pim::riscv {

/// Why Hart::run came back.
enum class Stop : std::uint8_t {
  Budget,      ///< the cycles are over
  Waiting,     ///< WFI, and no interrupt is pending
  Breakpoint,  ///< pc is at one
  Lost,        ///< a trap leads to where no instruction can be fetched: see Hart::lost()
};

/// Sees each block that runs, before it does.
class BlockObserver {
 public:
  virtual ~BlockObserver() = default;
  virtual void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) = 0;
  /// The hart did nothing for so many cycles.
  virtual void onIdle(std::uint64_t /*cycles*/) {}
};

/// A RISC-V hart: RV32IMAC, Zicsr, Zifencei, machine mode. Instructions are fetched from its instruction
/// memory; loads look in its data memory, then in its instruction memory (which cannot be stored to, unless
/// both are the same memory), then on the bus. Blocks of instructions are decoded once; FENCE.I forgets them.
///
/// The members up to the next comment are for whoever runs the hart, those after it for its executors.
class Hart {
 public:
  Hart(const CycleTable& table, Region instructions, Region data, Bus& bus);

  /// As after reset: registers 0, interrupts off, no cycles. Forgets decoded blocks.
  void reset(std::uint32_t pc);

  /// Runs until `cycle` has passed, or something else stops it. Blocks are not divided: it may end a few
  /// cycles later.
  Stop run(std::uint64_t untilCycle);
  /// Runs the instruction at pc, breakpoint or not.
  Stop step();

  /// Level of the external interrupt.
  void setInterrupt(bool level);
  /// Time in which the hart does nothing.
  void idleUntil(std::uint64_t cycle) {
    if (cycle > m_cycles) m_cycles = cycle;
  }
  /// When an access that the bus is asked for now began, and otherwise where the hart is.
  std::uint64_t cycles() const { return m_cycles; }
  std::uint64_t instructions() const { return m_instructions; }
  const Trap& lost() const { return m_lost; }
  const CycleTable& table() const { return m_table; }

  std::uint32_t pc() const { return m_pc; }
  void setPc(std::uint32_t pc) { m_pc = pc & ~1u; }
  std::uint32_t x(unsigned index) const { return index == 0 ? 0 : m_x[index]; }
  void setX(unsigned index, std::uint32_t value) {
    if (index != 0) m_x[index] = value;
  }
  /// Memory behind the bus that the hart may access by itself, until it is revoked.
  struct Window {
    Region region;
    std::array<std::uint32_t, 3> cycles{};  ///< of an access of 1, 2 and 4 bytes
  };
  void grant(const Window& window);
  /// Forgets windows that hold any of these addresses, the last included.
  void revoke(std::uint64_t first, std::uint64_t last);
  /// Cycles that accesses of windows took beyond the first of each.
  std::uint64_t windowStalls() const { return m_windowStalls; }

  CsrFile& csrs() { return m_csrs; }
  BlockCache& blocks() { return m_blocks; }
  /// Whoever observes sees every jump.
  void observe(BlockObserver* observer) {
    m_observer = observer;
    m_blocks.setFollowJumps(observer == nullptr);
  }

  // For the executors.

  const std::uint32_t& source1(const Op* op) const { return m_x[op->rs1]; }
  const std::uint32_t& source2(const Op* op) const { return m_x[op->rs2]; }
  void setResult(const Op* op, std::uint32_t value) { m_x[op->rd] = value; }
  void addCycles(std::uint64_t cycles) { m_cycles += cycles; }

  /// The block ends with `op`; `jumped`: `next` is not just what follows.
  void leave(const Op* op, std::uint32_t next, bool jumped) {
    m_pc = next;
    m_cycles += op->cycles;
    m_instructions += op->count;
    m_jumped = jumped;
  }
  /// The block ends with `op`, which does not retire.
  void raise(const Op* op, Cause cause, std::uint32_t value);
  /// Something happened that the next instruction may have to be told of.
  void requestAttention() { m_attention = true; }
  bool needsAttention() const { return m_attention; }

  /// Where the data memory holds the bytes, if they are aligned and within its part whose size is a power of
  /// two.
  template <class T>
  std::uint8_t* nearby(std::uint32_t address) const {
    const std::uint32_t offset = address - m_data.base;
    return (offset & (m_beyondData | (sizeof(T) - 1))) == 0 ? m_data.data + offset : nullptr;
  }
  /// Where the window used last holds the bytes, if they are aligned; takes the time of the access, of which
  /// the cycle table includes `included` cycles.
  template <class T>
  std::uint8_t* inWindow(std::uint32_t address, std::uint32_t included) {
    const Window& window = m_windows.front();
    if (address % sizeof(T) != 0 || !window.region.holds(address, sizeof(T))) return nullptr;
    takeWindow(window.cycles[sizeof(T) / 2], included);
    return window.region.at(address);
  }
  /// A load or store that is not an aligned one of the data memory; the number of bytes is 1, 2 or 4. False:
  /// it trapped, and the block has ended.
  bool load(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t& value);
  bool store(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t value);

  CounterValues counters(const Op* op) const {
    return {m_cycles + op->cycles, m_instructions + op->count - 1};
  }
  void forgetBlocks() {
    m_forget = true;
    requestAttention();
  }
  void waitForInterrupt() {
    m_waiting = true;
    requestAttention();
  }
  void returnFromTrap(const Op* op);

  struct Reservation {
    bool valid = false;
    std::uint32_t address = 0;
  } reservation;

 private:
  /// Handles what was asked attention for; false: the hart waits or is lost.
  bool attend();
  void enterTrap(std::uint32_t pc, std::uint32_t cause, std::uint32_t value);
  /// An access of aligned bytes; nothing traps.
  bool readAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t& value);
  bool writeAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t value);
  void take(const Bus::Answer& answer, std::uint32_t included);
  void takeWindow(std::uint32_t cycles, std::uint32_t included) {
    if (cycles > included) m_cycles += cycles - included;
    if (cycles > 1) m_windowStalls += cycles - 1;
  }
  /// The window that holds the bytes, which then is the first; or null.
  const Window* findWindow(std::uint32_t address, std::uint32_t bytes);

  CycleTable m_table;
  Region m_instructionMemory;
  Region m_data;
  std::uint32_t m_beyondData;  ///< bits of an offset that nearby() does not serve
  std::array<Window, 2> m_windows;
  std::uint64_t m_windowStalls = 0;
  Bus& m_bus;
  BlockCache m_blocks;
  BlockObserver* m_observer = nullptr;

  std::array<std::uint32_t, 33> m_x{};  ///< x0..x31, and where results for x0 go
  std::uint32_t m_pc = 0;
  std::uint64_t m_cycles = 0;        ///< up to the block that runs, and what it waited for
  std::uint64_t m_instructions = 0;  ///< retired, up to the block that runs
  CsrFile m_csrs;
  Trap m_lost;
  bool m_jumped = false;
  bool m_attention = false;
  bool m_waiting = false;
  bool m_forget = false;
  bool m_isLost = false;
};

}  // namespace pim::riscv
