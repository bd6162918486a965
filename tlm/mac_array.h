#pragma once

#include "tlm/bank_unit.h"

namespace pim {

/// The multipliers of a bank: MAC, SCORE and PV. The array streams the weights or the cache out of BMEM,
/// meets them with what lies in BRAM, and leaves the results there.
class MacArray : public BankUnit {
 public:
  tlm_utils::simple_initiator_socket<MacArray> bmem;

  MacArray(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
           WorkLane& work);

 private:
  void run(const DecodedCommand& work, const CommandExtension& origin, sc_core::sc_time& delay) override;
};

}  // namespace pim
