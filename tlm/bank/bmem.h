#pragma once

#include <algorithm>
#include <cstddef>
#include <systemc>
#include <tlm>
#include <vector>

#include "core/dram/bank_timing.h"
#include "core/observe/statistics.h"
#include "tlm/bank/bank_commons.h"
#include "tlm/kit/blocking_target.h"
#include "tlm/kit/command_extension.h"
#include "tlm/kit/prefetch.h"
#include "tlm/kit/storage_target.h"

namespace pim {

/// The DRAM cells of a bank. BankTiming determines the time of an access or a stream of columns
/// (StreamExtension); the delay grows to the end of the last column. Byte enables are honoured. DMI is
/// granted for loading weights and revoked when a unit that may lag behind (`work`) uses the cells.
class Bmem : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  tlm::tlm_target_socket<> sequencer;  ///< accesses of the bus, too
  tlm::tlm_target_socket<> macArray;

  Bmem(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
       WorkLane* work = nullptr);

  /// Prefetches the state: see LockstepBank.
  void prefetch() const { prefetchTarget(*this, &m_state); }

  const BankTiming::State& timing() const { return m_state; }
  void adoptTiming(const BankTiming::State& state) { m_state = state; }
  /// Returns the bank's part in a command: see LockstepBank. `from`: earliest first column command if the row
  /// is open.
  BankTurn turn(const StreamPlan* plans, std::size_t count, Picoseconds from);

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;

 private:
  const BankTiming& dram() const { return m_commons.parameters.dram; }
  /// Returns the columns of an access that is not a stream.
  StreamPlan planOf(const tlm::tlm_generic_payload& payload) const;
  /// Serves the access in closed form, or command by command if an observer needs the commands.
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, const StreamPlan& plan,
              StreamExtension* stream);
  /// Serves a stream and returns the end of its last column.
  DramCycles serve(DramCycles start, const StreamPlan& plan, const CommandRequest* command);
  DramCycles serve(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                   DramCounters& counters);
  /// Uses the times that the arbiter computed for the stream. Calls the arbiter first if the stream belongs
  /// to no command.
  DramCycles serveLimited(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                          DramCounters& counters);
  /// Returns the observer of the commands of an access; null if there is none.
  DramObserver* watcher(const CommandRequest* command, const BankTiming::State& before, DramCycles end) const;
  /// Serves a stream command by command, and reports the commands to the observer.
  DramCycles serveWatched(DramCycles start, const StreamPlan& plan, const CommandRequest* command,
                          DramCounters& counters);

  StorageTarget m_storage;
  // The members that a command reads come last, for prefetch().
  BankTiming::State m_state;
  BankCommons& m_commons;
  std::uint32_t m_bank;
  std::vector<ServedStream> m_served;  // streams that the arbiter has served in advance
  std::size_t m_taken = 0;             // number of these that have been used
};

}  // namespace pim
