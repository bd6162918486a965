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

/// The reason why Hart::run returned.
enum class Stop : std::uint8_t {
  Budget,      ///< the given cycle has passed
  Waiting,     ///< at WFI, and no interrupt is pending
  Breakpoint,  ///< pc is at a breakpoint
  Lost,        ///< a trap leads to an address where no instruction can be fetched: see Hart::lost()
};

/// Is called for each block before it runs.
class BlockObserver {
 public:
  virtual ~BlockObserver() = default;
  virtual void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) = 0;
  /// The hart was idle for this number of cycles.
  virtual void onIdle(std::uint64_t /*cycles*/) {}
};

/// A RISC-V hart: RV32IMAC, Zicsr, Zifencei, machine mode. It fetches instructions from its instruction
/// memory. A load looks in the data memory, then in the instruction memory, then on the bus. Stores do not
/// reach the instruction memory, unless both memories are the same. Blocks of instructions are decoded once;
/// FENCE.I discards them.
///
/// The members up to the comment "For the executors" serve the code that runs the hart.
class Hart {
 public:
  Hart(const CycleTable& table, Region instructions, Region data, Bus& bus);

  /// Sets the state after reset: registers 0, interrupts off, no cycles. Discards decoded blocks.
  void reset(std::uint32_t pc);

  /// Runs until `untilCycle` has passed or another reason stops the hart. Blocks are not divided, so it may
  /// stop a few cycles later.
  Stop run(std::uint64_t untilCycle);
  /// Runs the instruction at pc, even at a breakpoint.
  Stop step();

  /// Sets the level of the external interrupt.
  void setInterrupt(bool level);
  /// Lets time pass in which the hart does nothing.
  void idleUntil(std::uint64_t cycle) {
    if (cycle > m_cycles) m_cycles = cycle;
  }
  /// Returns the hart's cycle. During a call of the bus, that is the cycle in which the access began.
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
  /// Memory behind the bus that the hart may access directly, until it is revoked.
  struct Window {
    Region region;
    std::array<std::uint32_t, 3> cycles{};  ///< of an access of 1, 2 and 4 bytes
  };
  void grant(const Window& window);
  /// Removes windows that contain any address from `first` to `last`, both included.
  void revoke(std::uint64_t first, std::uint64_t last);
  /// Returns the cycles that accesses of windows took, without the first cycle of each.
  std::uint64_t windowStalls() const { return m_windowStalls; }

  CsrFile& csrs() { return m_csrs; }
  BlockCache& blocks() { return m_blocks; }
  /// Sets the observer. Blocks then end at every jump, so that it sees all jumps.
  void observe(BlockObserver* observer) {
    m_observer = observer;
    m_blocks.setFollowJumps(observer == nullptr);
  }

  // For the executors.

  const std::uint32_t& source1(const Op* op) const { return m_x[op->rs1]; }
  const std::uint32_t& source2(const Op* op) const { return m_x[op->rs2]; }
  void setResult(const Op* op, std::uint32_t value) { m_x[op->rd] = value; }
  void addCycles(std::uint64_t cycles) { m_cycles += cycles; }

  /// Ends the block with `op`. `jumped`: `next` is not the address after `op`.
  void leave(const Op* op, std::uint32_t next, bool jumped) {
    m_pc = next;
    m_cycles += op->cycles;
    m_instructions += op->count;
    m_jumped = jumped;
  }
  /// Ends the block with a trap of `op`, which does not retire.
  void raise(const Op* op, Cause cause, std::uint32_t value);
  /// Makes the hart check for interrupts and other events before its next instruction.
  void requestAttention() { m_attention = true; }
  bool needsAttention() const { return m_attention; }

  /// Returns whether the address is that of aligned bytes of the data memory, in the part of it whose size is
  /// a power of two.
  template <class T>
  bool isNearby(std::uint32_t address) const {
    return ((address - m_data.base) & (m_beyondData | (sizeof(T) - 1))) == 0;
  }
  std::uint8_t* nearby(std::uint32_t address) const { return m_data.data + (address - m_data.base); }
  /// Returns a pointer into the window used last for aligned bytes, and adds the time of the access. The
  /// cycle table already includes `included` cycles of it.
  template <class T>
  std::uint8_t* inWindow(std::uint32_t address, std::uint32_t included) {
    const Window& window = m_windows.front();
    if (address % sizeof(T) != 0 || !window.region.holds(address, sizeof(T))) return nullptr;
    takeWindow(window.cycles[sizeof(T) / 2], included);
    return window.region.at(address);
  }
  /// Executes a load or store of 1, 2 or 4 bytes that is not an aligned access of the data memory. Returns
  /// false if it trapped, which ends the block.
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
  /// Handles the pending events; false: the hart waits or is lost.
  bool attend();
  void enterTrap(std::uint32_t pc, std::uint32_t cause, std::uint32_t value);
  /// Executes an access of aligned bytes. Returns false if it faults, without a trap.
  bool readAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t& value);
  bool writeAligned(const Op* op, std::uint32_t address, std::uint32_t bytes, std::uint32_t value);
  void take(const Bus::Answer& answer, std::uint32_t included);
  void takeWindow(std::uint32_t cycles, std::uint32_t included) {
    if (cycles > included) m_cycles += cycles - included;
    if (cycles > 1) m_windowStalls += cycles - 1;
  }
  /// Returns the window that contains the bytes and moves it to the front; null if there is none.
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

  std::array<std::uint32_t, 33> m_x{};  ///< x0..x31, and a destination for results of x0
  std::uint32_t m_pc = 0;
  std::uint64_t m_cycles = 0;        ///< up to the running block, with the waits of its accesses
  std::uint64_t m_instructions = 0;  ///< retired, up to the running block
  CsrFile m_csrs;
  Trap m_lost;
  bool m_jumped = false;
  bool m_attention = false;
  bool m_waiting = false;
  bool m_forget = false;
  bool m_isLost = false;
};

}  // namespace pim::riscv
