#pragma once

#include "tlm/bank_unit.h"
#include "tlm/prefetch.h"

namespace pim {

/// The multipliers of a bank: MAC, SCORE and PV. The array streams the weights or the cache out of BMEM,
/// meets them with what lies in BRAM, and leaves the results there.
class MacArray : public BankUnit {
 public:
  tlm_utils::simple_initiator_socket<MacArray> bmem;

  MacArray(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
           WorkLane& work);

  /// See Bank.
  void prefetch() const {
    pim::prefetch(this, reinterpret_cast<const char*>(this) + 1);  // the table of virtual functions
    pim::prefetch(callbacksOf(commands), endOfPointerOf(bmem));
  }

 private:
  void run(const DecodedCommand& work, const CommandExtension& origin, sc_core::sc_time& delay) override;
};

}  // namespace pim
