#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>
#include <tlm>

#include "core/observe/statistics.h"
#include "tlm/bank/bank_commons.h"
#include "tlm/kit/blocking_target.h"

namespace pim {

/// Base of the arithmetic units of a bank. A command arrives as a write of its descriptor, which the command
/// sequencer has checked. The delay grows until the last result is in BRAM.
class BankUnit : public sc_core::sc_module, public virtual BlockingTarget {
 public:
  tlm_utils::simple_initiator_socket<BankUnit> bram;
  tlm::tlm_target_socket<> commands;

  BankUnit(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
           WorkLane& work);

 protected:
  static const CommandRequest& requestOf(const tlm::tlm_generic_payload& payload) {
    return payload.get_extension<CommandExtension>()->request;
  }

  const std::uint32_t m_bank;
  WorkLane& m_work;  ///< executes the unit's computations
  BankCommons& m_commons;
  const BankParameters& m_parameters;
};

}  // namespace pim
