#pragma once

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>
#include <tlm>

#include "tlm/bank_parameters.h"
#include "tlm/core/statistics.h"
#include "tlm/transaction.h"

namespace pim {

/// The register page of a bank. A descriptor written to the command register starts when the bank is free;
/// the write returns at once, the bank stays busy until the command's completion time, which the payload's
/// CommandExtension brings back and the status register shows.
///
/// Errors: a descriptor that is not whole answers TLM_BURST_ERROR_RESPONSE, an opcode that is no bank command
/// TLM_COMMAND_ERROR_RESPONSE, offsets or shapes beyond BMEM or BRAM TLM_ADDRESS_ERROR_RESPONSE.
class CommandSequencer : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<CommandSequencer> registers;
  tlm_utils::simple_initiator_socket<CommandSequencer> macArray;
  tlm_utils::simple_initiator_socket<CommandSequencer> softmaxUnit;
  tlm_utils::simple_initiator_socket<CommandSequencer> bmem;
  tlm_utils::simple_initiator_socket<CommandSequencer> bram;

  CommandSequencer(const sc_core::sc_module_name& name, const BankParameters& parameters,
                   std::uint32_t bankInDie, Counters& counters, WorkLane& work);

  Picoseconds busyUntil() const { return m_busyUntil; }
  void adoptBusyUntil(Picoseconds time) { m_busyUntil = time; }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  void readStatus(tlm::tlm_generic_payload& payload, Picoseconds now);
  void runCommand(tlm::tlm_generic_payload& payload, Picoseconds now);
  void store(const pim_command& command, const CommandExtension& origin, sc_core::sc_time& delay);

  const BankParameters& m_parameters;
  std::uint32_t m_bank;
  Counters& m_counters;
  WorkLane& m_work;
  Picoseconds m_busyUntil = 0;
  Transaction m_cells;
  Transaction m_buffer;
};

}  // namespace pim
