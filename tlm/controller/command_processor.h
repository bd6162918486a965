#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <deque>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "core/base/ids.h"
#include "core/link/die_timing.h"
#include "core/link/memory_ports.h"
#include "core/lockstep/lockstep.h"
#include "core/observe/activity.h"
#include "core/observe/critical_path.h"
#include "core/observe/statistics.h"
#include "tlm/kit/transaction.h"

namespace pim {

struct CommandProcessorParameters {
  std::uint32_t dies = 8;
  std::uint32_t banksPerDie = 16;
  std::uint32_t bramBytes = 64 * 1024;
  Picoseconds exchangeLatency = 0;  ///< lambda: fixed time of each SEND, GATHER and FETCH
  DieTiming::Parameters link;       ///< of each die
  bool functional = false;
  bool exact = false;  ///< simulate every die separately, without lock-step classes
};

/// Takes commands from the ring in Controller memory and gives each to its unit: links, banks, ALUs. A
/// command starts when the commands in its wait_for are complete, its descriptor has arrived from memory and
/// its unit is free. Units compute times in advance, so the completion time of a command is known as soon as
/// it is posted. The processor therefore runs ahead of simulated time, and only interrupts are events.
///
/// The data of the links passes the port of the Controller memory at their other end. A transfer to the dies
/// begins late enough to run without a wait for memory; data from the dies waits in the receivers of the
/// links until the port takes it. A slice for several banks is read once.
///
/// A program is commands that lie in Controller memory one after another; one doorbell runs them as if they
/// had been posted to the ring.
///
/// Registers (32 bits): PIM_REG_QUEUE_TAIL, _DONE, _BASE, _SIZE, relative to PIM_REG_QUEUE_TAIL, and
/// PIM_REG_PROGRAM_BASE, _FIRST, _RUN, relative to PIM_REG_PROGRAM_BASE. A tail
/// beyond what the ring has room for, given the commands that are not complete, answers
/// TLM_COMMAND_ERROR_RESPONSE; so does a program of no or of more than kMostInFlight commands. What a command
/// is refused for by its unit is the firmware's mistake and fatal.
class CommandProcessor : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<CommandProcessor> registers;
  tlm_utils::simple_target_socket<CommandProcessor> programs;  ///< their registers
  tlm_utils::simple_initiator_socket<CommandProcessor> memory;
  tlm_utils::simple_initiator_socket<CommandProcessor> alus;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<CommandProcessor>> links;

  // Where the registers of the two sockets lie in the register page.
  static constexpr std::uint64_t kQueueBase = PIM_REG_QUEUE_TAIL;
  static constexpr std::uint64_t kQueueBytes = PIM_REG_QUEUE_SIZE + 4 - PIM_REG_QUEUE_TAIL;
  static constexpr std::uint64_t kProgramBase = PIM_REG_PROGRAM_BASE;
  static constexpr std::uint64_t kProgramBytes = PIM_REG_PROGRAM_RUN + 4 - PIM_REG_PROGRAM_BASE;

  /// Commands that may be under way at a time.
  static constexpr std::uint32_t kMostInFlight = PIM_MAX_UNDER_WAY;

  /// Fires when a command with PIM_FLAG_IRQ and all before it are complete.
  sc_core::sc_event_queue completed;

  /// `dies`: the dies behind `links`; in exact mode, entries may be null. `activity` is told of doorbells and
  /// commands, and may be null.
  CommandProcessor(const sc_core::sc_module_name& name, const CommandProcessorParameters& parameters,
                   const std::vector<LockstepMember*>& dies, MemoryPorts& ports, Statistics& statistics,
                   CriticalPath& criticalPath, ActivityObserver* activity = nullptr);

 private:
  void accessQueue(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void accessProgram(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Serves an accepted access of a register, an enum pim_reg.
  void accessRegister(std::uint64_t reg, tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  /// Return false for a register that cannot be read or written, or not with this value.
  bool readRegister(std::uint64_t reg, std::uint32_t& value, Picoseconds now);
  bool writeRegister(std::uint64_t reg, std::uint32_t value, Picoseconds now);
  std::uint32_t completedBy(Picoseconds now);

  void post(std::uint32_t tail, Picoseconds now);
  void runProgram(std::uint32_t commands, Picoseconds now);
  /// Takes the next command, which lies at `address` and has waits that count from `base`, which is 0
  /// for those of the ring.
  void take(std::uint32_t address, std::uint32_t base, Picoseconds now);
  /// Returns when the descriptor has come.
  Picoseconds fetch(std::uint32_t address, pim_command& command, Picoseconds now);
  /// Runs a command that is ready; fills start, done and component of the record.
  void dispatch(const pim_command& command, CommandRecord& record);
  /// Returns the units that serve a command.
  Units unitsOf(const pim_command& command);
  /// Fatal if a copy does not fit into a bank or addresses groups without banks: an error of the firmware.
  void requireCopyFits(const pim_command& command);
  void runSend(const pim_command& command, CommandRecord& record);
  void runGather(const pim_command& command, CommandRecord& record);
  void runFetch(const pim_command& command, CommandRecord& record);
  void runBankCommand(const pim_command& command, CommandRecord& record);
  void runAluCommand(const pim_command& command, CommandRecord& record);

  /// Dies in which a command addresses the same banks.
  struct Addressed {
    DieSet dies;
    BankSet banks;
  };
  /// Returns the dies to which a command goes, as few sets, whatever the number of dies.
  const std::vector<Addressed>& addressedBanks(const pim_command& command);
  /// Returns the banks of `all` that process part `part` of the columns. Valid until the next call.
  const std::vector<Addressed>& banksOfPart(const std::vector<Addressed>& all, std::uint32_t part,
                                            std::uint32_t parts);
  static void address(std::vector<Addressed>& kinds, DieIndex die, BankSet banks);
  /// Calls `visit(die, banks)` for each class of dies in which `of` addresses the same of the banks `within`.
  template <typename Visit>
  void forEachDie(const std::vector<Addressed>& of, BankSet within, Visit visit);
  template <typename Visit>
  void forEachClass(DieSet dies, Visit visit);
  /// Sends one transaction to a die at time `from`, and adds its start and done to the record.
  void access(DieIndex die, tlm::tlm_generic_payload& payload, Picoseconds from, CommandRecord& record);
  /// Returns the dies in which `of` addresses any of the banks `within`.
  static DieSet diesOf(const std::vector<Addressed>& of, BankSet within);
  /// Reads `slices` slices from memory, at most `onOneLink` of them for the same link. Returns the time at
  /// which their transfers can begin.
  Picoseconds feed(const pim_copy& copy, std::uint32_t slices, std::uint32_t onOneLink,
                   CommandRecord& record);
  /// Sends a slice per column part to all banks of the part.
  void runBroadcast(const pim_command& command, CommandRecord& record);
  /// Counts the time of a SEND for which the links waited for memory.
  void countFeeding(CommandRecord& record) const;
  /// Writes `bytes` that arrive over the links from `record.start` on to memory.
  void drain(std::uint32_t address, std::uint64_t bytes, CommandRecord& record);
  /// Copies the pieces of a slice from Controller memory into a buffer that does not change until the banks
  /// have taken it.
  void readSlice(const pim_copy& copy, std::uint32_t slice);
  /// Copies the pieces of a slice into Controller memory.
  void writeSlice(const pim_copy& copy, std::uint32_t slice, const std::uint8_t* bytes);
  void sendSlice(const pim_copy& copy, DieIndex die, BankSet banks, Picoseconds from, CommandRecord& record);

  CommandProcessorParameters m_parameters;
  LockstepClasses<LockstepMember, DieIndex> m_classes;
  DieTiming m_link;  // computes the time of a transfer
  MemoryPorts& m_ports;
  Statistics& m_statistics;
  CriticalPath& m_criticalPath;
  ActivityObserver* m_activity;

  std::uint32_t m_ringBase = 0;
  std::uint32_t m_ringSize = 0;
  std::uint32_t m_programBase = 0, m_programFirst = 0;
  std::uint32_t m_posted = 0;
  std::uint32_t m_completed = 0;  // last command complete in order, at the last update
  // Completion times of the latest commands. A command never has to wait for an older one.
  static constexpr std::size_t kHistory = CriticalPath::kHistory;
  static_assert(kHistory >= kMostInFlight, "each command under way has a place");
  struct Completion {
    Picoseconds done = 0;
    Picoseconds inOrder = 0;  // completion of this command and all earlier ones
  };
  std::vector<Completion> m_history;

  Picoseconds m_fetched = 0;   // when the port has transferred all descriptors so far
  Picoseconds m_linkTime = 0;  // of the running SEND, on the link with the most data
  bool m_fed = false;          // the running SEND had to wait for memory

  Transaction m_unit;
  Transaction m_dma;
  std::vector<std::uint8_t> m_buffer;  // data from banks; data to banks in a timing-only run
  using SentBytes = std::shared_ptr<std::vector<std::uint8_t>>;
  std::deque<SentBytes> m_sent;                             // the latest slice is the last
  std::shared_ptr<const std::vector<std::uint8_t>> m_kept;  // shares the bytes of the latest slice
  // Arguments of the last call of addressedBanks().
  std::uint32_t m_groups = 0;
  std::uint8_t m_banksPerGroup = 0, m_firstBank = 0;
  std::vector<Addressed> m_addressed;
  std::vector<Addressed> m_partly;  // result of banksOfPart()
};

}  // namespace pim
