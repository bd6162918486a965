#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "tlm/bank_parameters.h"
#include "tlm/core/statistics.h"
#include "tlm/transaction.h"

namespace pim {

/// The multipliers of a bank: MAC, SCORE and PV. A command comes as a write of its descriptor; the array then
/// streams the weights or the cache out of BMEM, meets them with what lies in BRAM, and leaves the results
/// there. The delay grows to the moment when the last result is in BRAM.
class MacArray : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<MacArray> commands;
  tlm_utils::simple_initiator_socket<MacArray> bmem;
  tlm_utils::simple_initiator_socket<MacArray> bram;

  MacArray(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t bankInDie,
           Counters& counters);

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

  const BankParameters& m_parameters;
  std::uint32_t m_bank;
  Counters& m_counters;
  Transaction m_cells;
  Transaction m_buffer;
};

}  // namespace pim
