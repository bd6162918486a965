#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "tlm/bank_parameters.h"
#include "tlm/core/statistics.h"
#include "tlm/transaction.h"

namespace pim {

/// The softmax unit of a bank: turns the score rows in BRAM into probabilities, in place, so that a head that
/// lives in one bank never leaves it.
class SoftmaxUnit : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<SoftmaxUnit> commands;
  tlm_utils::simple_initiator_socket<SoftmaxUnit> bram;

  SoftmaxUnit(const sc_core::sc_module_name& name, const BankParameters& parameters, std::uint32_t bankInDie,
              Counters& counters);

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

  const BankParameters& m_parameters;
  std::uint32_t m_bank;
  Counters& m_counters;
  Transaction m_buffer;
};

}  // namespace pim
