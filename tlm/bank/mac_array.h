#pragma once

#include "tlm/bank/bank_unit.h"
#include "tlm/kit/prefetch.h"

namespace pim {

/// The multipliers of a bank. The array streams the weights or the cache from BMEM, multiplies them by data
/// in BRAM, and writes the results to BRAM.
class MacArray : public BankUnit {
 public:
  tlm_utils::simple_initiator_socket<MacArray> bmem;

  MacArray(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
           WorkLane& work);

  /// Prefetches the state: see LockstepBank.
  void prefetch() const {
    pim::prefetch(&m_bank, &bmem);
    prefetchPointer(bmem);
    prefetchTarget(*this, &bmem + 1);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
};

}  // namespace pim
