#pragma once

#include <systemc>

#include "tlm/bank/bank_commons.h"
#include "tlm/bank/bmem.h"
#include "tlm/bank/command_sequencer.h"
#include "tlm/bank/lockstep_bank.h"
#include "tlm/bank/mac_array.h"
#include "tlm/bank/softmax_unit.h"
#include "tlm/kit/memory.h"

namespace pim {

/// A DRAM bank with arithmetic units: registers, BRAM and BMEM at the offsets of BankAddress. `BankCommons`
/// must outlive it.
class Bank : public sc_core::sc_module, public LockstepBank {
 public:
  Bank(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie);

  /// The bank's window: BankAddress.
  tlm::tlm_target_socket<>& socket() { return m_sequencer.window; }

  Picoseconds busyUntil() const { return m_sequencer.busyUntil(); }

  const DecodedCommand* decode(const tlm::tlm_generic_payload& doorbell) override {
    return m_sequencer.decode(doorbell);
  }
  void prefetch() const override;
  bool sameTiming(const LockstepMember& other) const override;
  void adoptTiming(const LockstepMember& other) override;
  BankTurn turn(const DecodedCommand& work, Picoseconds arrival) override {
    return m_bmem.turn(work.streams.data(), work.streams.size(), m_sequencer.columnsFrom(arrival));
  }

 private:
  WorkLane m_work;
  CommandSequencer m_sequencer;
  MacArray m_macArray;
  SoftmaxUnit m_softmaxUnit;
  Memory m_bram;
  Bmem m_bmem;
};

}  // namespace pim
