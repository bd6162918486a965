#pragma once

#include <systemc>

#include "tlm/bank/bank_commons.h"
#include "tlm/bank/bmem.h"
#include "tlm/bank/command_sequencer.h"
#include "tlm/bank/mac_array.h"
#include "tlm/bank/softmax_unit.h"
#include "tlm/kit/memory.h"

namespace pim {

/// A DRAM bank that multiplies where the weights live: registers, BRAM and BMEM at the offsets of
/// BankAddress. What it shares must outlive it.
class Bank : public sc_core::sc_module {
 public:
  Bank(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie);

  /// The bank's window: BankAddress.
  tlm::tlm_target_socket<>& socket() { return m_sequencer.window; }

  /// What this bank makes of a doorbell, to be given along (CommandExtension::work) to all banks that make
  /// the same of it. Null if that is no descriptor. Lasts until the next call to a bank of the die.
  const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) {
    return m_sequencer.decode(doorbell);
  }
  /// Has the host fetch what a command touches of the bank.
  void prefetch() const;

  // For LockstepClasses: the state that decides when the next command ends.
  bool sameTiming(const Bank& other) const;
  void adoptTiming(const Bank& other);
  Picoseconds busyUntil() const { return m_sequencer.busyUntil(); }
  // For activation limits of the die.
  DramCycles activateReady() const { return m_bmem.timing().activateReady; }
  void holdActivates(DramCycles until) { m_bmem.holdActivates(until); }

 private:
  WorkLane m_work;
  CommandSequencer m_sequencer;
  MacArray m_macArray;
  SoftmaxUnit m_softmaxUnit;
  Memory m_bram;
  Bmem m_bmem;
};

}  // namespace pim
