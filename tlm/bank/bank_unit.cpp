#include "tlm/bank/bank_unit.h"

namespace pim {

BankUnit::BankUnit(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
                   WorkLane& work)
    : sc_module(name),
      bram("bram"),
      commands("commands"),
      m_bank(bankInDie),
      m_work(work),
      m_commons(commons),
      m_parameters(commons.parameters) {
  commands.bind(*this);
}

}  // namespace pim
