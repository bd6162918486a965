#include "tlm/bank_unit.h"

namespace pim {

BankUnit::BankUnit(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
                   WorkLane& work)
    : sc_module(name),
      bram("bram"),
      commands("commands"),
      m_commons(commons),
      m_parameters(commons.parameters),
      m_work(work),
      m_bank(bankInDie) {
  commands.register_b_transport(this, &BankUnit::transport);
}

void BankUnit::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const auto& origin = *payload.get_extension<CommandExtension>();
  const DecodedCommand& work = *origin.work;
  run(work, origin, delay);
  m_commons.counters.bramBytes += work.bramBytes * origin.multiplicity;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace pim
