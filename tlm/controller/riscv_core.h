#pragma once

#include <tlm>
#include <vector>

#include "core/observe/activity.h"
#include "core/riscv/debugger.h"
#include "core/riscv/elf_image.h"
#include "core/riscv/hart.h"
#include "tlm/controller/controller_core.h"

namespace pim {

/// The parts of a RISC-V core of the Controller.
struct RiscvCoreParameters {
  riscv::ElfImage image;  ///< its segments lie within the two memories
  riscv::CycleTable cycles;
  std::uint32_t instructionBase = 0, instructionBytes = 0;
  std::uint32_t dataBase = 0, dataBytes = 0;
  /// Longest simulated time without sleep; more is reported as an endless loop. 0: no limit.
  Picoseconds timeout = 0;
  riscv::BlockObserver* observer = nullptr;  ///< called for each block that runs
  ActivityObserver* activity = nullptr;      ///< the same, while it follows the program
  riscv::Debugger* debugger = nullptr;       ///< halts the core before its first instruction
};

/// A core that executes the firmware's instructions. The program begins at its entry with the address of the
/// registers in a0 and that of the plan in a1. The core has its own instruction and data memories; all other
/// accesses use the bus. A bus access takes the maximum of `cyclesPerAccess`, the delay that its target
/// requests, and the time in the cycle table.
class RiscvCore : public ControllerCore,
                  private riscv::Bus,
                  private riscv::DebugMemory,
                  private riscv::BlockObserver {
 public:
  RiscvCore(const sc_core::sc_module_name& name, const ControllerCoreParameters& parameters,
            const RiscvCoreParameters& core, CoreWork& work);

 private:
  void execute() override;
  Answer read(std::uint32_t address, std::uint32_t bytes, std::uint64_t cycle) override;
  Answer write(std::uint32_t address, std::uint32_t value, std::uint32_t bytes, std::uint64_t cycle) override;

  bool peek(std::uint32_t address, std::uint8_t* to, std::size_t bytes) override;
  bool poke(std::uint32_t address, const std::uint8_t* from, std::size_t bytes) override;

  void onBlock(std::uint32_t pc, std::uint64_t cycle, std::uint64_t instruction) override;

  void load();
  /// Attaches to the hart the observers that want to see its blocks now.
  void attachObservers();
  /// Returns a pointer to bytes in the core's own memories; null if they are elsewhere.
  std::uint8_t* ownMemory(std::uint32_t address, std::size_t bytes);
  /// Runs for some cycles, or for one instruction if the debugger single-steps.
  riscv::Stop runSome(std::uint64_t untilCycle);
  /// Halts if the debugger requests it.
  void consultDebugger(riscv::Stop stop);
  void waitForInterrupt();
  Answer transport(tlm::tlm_generic_payload& payload, std::uint64_t cycle);
  /// Lets the hart access the memory directly, without transactions.
  void grant(const tlm::tlm_dmi& memory);
  void revoke(sc_dt::uint64 start, sc_dt::uint64 end) override;
  /// Waits until simulated time reaches that of the cycle. Lets other processes run even if the time is
  /// equal.
  void meet(std::uint64_t cycle);
  void count();
  std::string faultText() const;

  Picoseconds timeOf(std::uint64_t cycle) const {
    return static_cast<Picoseconds>(cycle) * parameters().clock;
  }

  RiscvCoreParameters m_core;
  std::vector<std::uint8_t> m_instructions, m_data;
  riscv::Hart m_hart;
  riscv::Debugger::Next m_next = riscv::Debugger::Next::Run;
  bool m_passBreakpoint = false;  ///< the debugger continued from a breakpoint: run the instruction there
  Transaction m_transaction;

  std::uint64_t m_asleep = 0;        // cycles
  std::uint64_t m_awakeSince = 0;    // cycle of the last wake-up
  std::uint64_t m_windowStalls = 0;  // of the hart, at the last count()
};

}  // namespace pim
