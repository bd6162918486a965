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
  Picoseconds exchangeLatency = 0;  ///< lambda: fixed cost of each SEND, GATHER and FETCH
  DieTiming::Parameters link;       ///< of each die
  bool functional = false;
  bool exact = false;  ///< every die on its own, no lock-step classes
};

/// Takes commands from the ring in Controller memory and hands each to its unit: links, banks, ALUs. A
/// command starts when those it names in wait_for are complete, its descriptor has come from memory and its
/// unit is free. Units keep their own time, so a command's completion is known as soon as it is posted: the
/// processor runs ahead of simulated time and only interrupts are events.
///
/// What the links carry passes the port of the memory it comes from or goes to. A transfer to the dies begins
/// so late that it need not wait for memory on the way; what dies send waits in the receivers of the links
/// until the port takes it. One slice for many banks is read once.
///
/// Registers (32 bits): PIM_REG_QUEUE_TAIL, _DONE, _BASE, _SIZE, relative to PIM_REG_QUEUE_TAIL. A tail
/// beyond what the ring has room for, given the commands that are not complete, answers
/// TLM_COMMAND_ERROR_RESPONSE. What a command is refused for by its unit is the firmware's mistake and fatal.
class CommandProcessor : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<CommandProcessor> registers;
  tlm_utils::simple_initiator_socket<CommandProcessor> memory;
  tlm_utils::simple_initiator_socket<CommandProcessor> alus;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<CommandProcessor>> links;

  /// Fires when a command with PIM_FLAG_IRQ and all before it are complete.
  sc_core::sc_event_queue completed;

  /// `dies`: the dies behind `links`, in exact mode perhaps null. `activity` sees doorbells and commands; it
  /// may be null.
  CommandProcessor(const sc_core::sc_module_name& name, const CommandProcessorParameters& parameters,
                   std::vector<LockstepMember*> dies, MemoryPorts& ports, Statistics& statistics,
                   CriticalPath& criticalPath, ActivityObserver* activity = nullptr);

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  std::uint32_t readRegister(std::uint64_t address, Picoseconds now);
  std::uint32_t completedBy(Picoseconds now);
  bool writeRegister(std::uint64_t address, std::uint32_t value, Picoseconds now);

  void post(std::uint32_t tail, Picoseconds now);
  /// Returns when the descriptor has come.
  Picoseconds fetch(std::uint32_t sequence, pim_command& command, Picoseconds now);
  /// Runs a command that is ready; fills start, done and component of the record.
  void dispatch(const pim_command& command, CommandRecord& record);
  /// The units that serve a command.
  Units unitsOf(const pim_command& command);
  /// A copy that no bank has room for, or groups of no bank: the firmware is wrong.
  void requireCopyFits(const pim_command& command);
  void runSend(const pim_command& command, CommandRecord& record);
  void runGather(const pim_command& command, CommandRecord& record);
  void runFetch(const pim_command& command, CommandRecord& record);
  void runBankCommand(const pim_command& command, CommandRecord& record);
  void runAluCommand(const pim_command& command, CommandRecord& record);

  /// Dies of which a command addresses the same banks.
  struct Addressed {
    DieSet dies;
    BankSet banks;
  };
  /// The dies to which a command goes: few kinds, however many dies there are.
  const std::vector<Addressed>& addressedBanks(const pim_command& command);
  /// Of the banks in `all`, those that take part `part` of the columns. Lasts until the next call.
  const std::vector<Addressed>& banksOfPart(const std::vector<Addressed>& all, std::uint32_t part,
                                            std::uint32_t parts);
  static void address(std::vector<Addressed>& kinds, DieIndex die, BankSet banks);
  /// Calls `visit(die, banks)` for each class of dies of which `of` addresses the same of the banks `within`.
  template <typename Visit>
  void forEachDie(const std::vector<Addressed>& of, BankSet within, Visit visit);
  template <typename Visit>
  void forEachClass(DieSet dies, Visit visit);
  /// One transaction to a die, begun at `from`; folds start and done into the record.
  void access(DieIndex die, tlm::tlm_generic_payload& payload, Picoseconds from, CommandRecord& record);
  /// Dies of which `of` addresses some of the banks `within`.
  static DieSet diesOf(const std::vector<Addressed>& of, BankSet within);
  /// Moves `slices` slices out of memory, at most `onOneLink` of them for the same link; returns when their
  /// transfers can begin.
  Picoseconds feed(const pim_copy& copy, std::uint32_t slices, std::uint32_t onOneLink,
                   CommandRecord& record);
  /// A slice for each column part, to all banks of the part.
  void runBroadcast(const pim_command& command, CommandRecord& record);
  /// What of a SEND's time the links waited for memory.
  void countFeeding(CommandRecord& record) const;
  /// Memory takes `bytes` that the links bring from `record.start` on.
  void drain(std::uint32_t address, std::uint64_t bytes, CommandRecord& record);
  /// Copies the pieces of a slice out of Controller memory into bytes that stay as they are while a bank has
  /// yet to take them.
  void readSlice(const pim_copy& copy, std::uint32_t slice);
  /// Copies the pieces of a slice into Controller memory.
  void writeSlice(const pim_copy& copy, std::uint32_t slice, const std::uint8_t* bytes);
  void sendSlice(const pim_copy& copy, DieIndex die, BankSet banks, Picoseconds from, CommandRecord& record);

  CommandProcessorParameters m_parameters;
  LockstepClasses<LockstepMember, DieIndex> m_classes;
  DieTiming m_link;  // for what a transfer takes
  MemoryPorts& m_ports;
  Statistics& m_statistics;
  CriticalPath& m_criticalPath;
  ActivityObserver* m_activity;

  std::uint32_t m_ringBase = 0;
  std::uint32_t m_ringSize = 0;
  std::uint32_t m_posted = 0;
  std::uint32_t m_completed = 0;  // in order, as of the last look
  // Completion times of the latest commands. Whoever waits for an older one waits for nothing.
  static constexpr std::size_t kHistory = CriticalPath::kHistory;
  struct Completion {
    Picoseconds done = 0;
    Picoseconds inOrder = 0;  // this command and all before it
  };
  std::vector<Completion> m_history;

  Picoseconds m_fetched = 0;   // the port has moved all descriptors so far
  Picoseconds m_linkTime = 0;  // of the running SEND, on the link that has most
  bool m_fed = false;          // ... which had to wait for memory

  Transaction m_unit;
  Transaction m_dma;
  std::vector<std::uint8_t> m_buffer;  // what comes from banks; what goes to them where no data does
  using SentBytes = std::shared_ptr<std::vector<std::uint8_t>>;
  std::deque<SentBytes> m_sent;                             // the latest last, which is to be sent
  std::shared_ptr<const std::vector<std::uint8_t>> m_kept;  // the same
  // addressedBanks() of the last command that was asked for.
  std::uint32_t m_groups = 0;
  std::uint8_t m_banksPerGroup = 0, m_firstBank = 0;
  std::vector<Addressed> m_addressed;
  std::vector<Addressed> m_partly;  // banksOfPart()
};

}  // namespace pim
