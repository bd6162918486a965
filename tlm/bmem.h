#pragma once

#include <tlm_utils/passthrough_target_socket.h>

#include <algorithm>
#include <systemc>
#include <tlm>

#include "tlm/bank_parameters.h"
#include "tlm/command_extension.h"
#include "tlm/core/dram/bank_timing.h"
#include "tlm/core/statistics.h"
#include "tlm/prefetch.h"
#include "tlm/storage.h"

namespace pim {

/// The DRAM cells of a bank. An access, or a stream of columns (StreamExtension), takes what the bank's row
/// timing says; the delay grows to the end of the last column. Byte enables are honoured; DMI is granted for
/// loading weights, until a unit that may lag behind (`work`) writes again.
class Bmem : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<Bmem> sequencer;  ///< the bus's accesses, too
  tlm_utils::passthrough_target_socket<Bmem> macArray;

  Bmem(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t bankInDie,
       Counters& counters, WorkLane* work = nullptr);

  /// See Bank.
  void prefetch() const { pim::prefetch(callbacksOf(macArray), this + 1); }

  const BankTiming::State& timing() const { return m_state; }
  void adoptTiming(const BankTiming::State& state) { m_state = state; }
  void holdActivates(DramCycles until) { m_state.activateReady = std::max(m_state.activateReady, until); }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  bool directPointer(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void revokeDirectPointers();
  /// Serves the request that arrives at `start`, in closed form unless somebody wants to see its commands.
  Access serve(DramCycles start, const StreamRequest& request, const CommandExtension* command);
  void count(const DramCounters& delta, const StreamRequest& request, const CommandExtension* command);

  Storage m_storage;
  const BankParameters& m_parameters;
  BankTiming::State m_state;
  std::uint32_t m_bank;
  Counters& m_counters;
  bool m_direct = false;  // pointers are out
};

}  // namespace pim
