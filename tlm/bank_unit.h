#pragma once

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>
#include <tlm>

#include "tlm/bank_commons.h"
#include "tlm/core/statistics.h"

namespace pim {

/// What the arithmetic units of a bank have in common. A command comes as a write of its descriptor, checked
/// by the sequencer; the delay grows to the moment when the last result is in BRAM.
class BankUnit : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<BankUnit> bram;
  tlm_utils::passthrough_target_socket<BankUnit> commands;

  BankUnit(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
           WorkLane& work);

 protected:
  virtual void run(const DecodedCommand& work, const CommandExtension& origin, sc_core::sc_time& delay) = 0;

  BankCommons& m_commons;
  const BankParameters& m_parameters;
  WorkLane& m_work;  ///< for what the unit computes
  const std::uint32_t m_bank;

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
};

}  // namespace pim
