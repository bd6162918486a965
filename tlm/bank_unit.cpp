#include "tlm/bank_unit.h"

#include <cstring>

#include "tlm/core/command/bank_cost.h"

namespace pim {

BankUnit::BankUnit(const sc_core::sc_module_name& name, const BankParameters& parameters,
                   std::uint32_t bankInDie, Counters& counters, WorkLane& work)
    : sc_module(name),
      commands("commands"),
      bram("bram"),
      m_parameters(parameters),
      m_bank(bankInDie),
      m_counters(counters),
      m_work(work) {
  commands.register_b_transport(this, &BankUnit::transport);
  m_buffer.enableStream();
}

void BankUnit::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  pim_command command;
  std::memcpy(&command, payload.get_data_ptr(), sizeof command);
  const auto& origin = *payload.get_extension<CommandExtension>();
  run(command, origin, delay);
  m_counters.bramBytes += BankWork(command, m_bank).bramBytes() * origin.multiplicity;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

std::uint8_t* BankUnit::buffer() {
  if (!m_parameters.functional) return nullptr;
  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
  bram->b_transport(m_buffer.read(0, nullptr, m_parameters.bramBytes), hidden);
  requireOk(m_buffer, name());
  return m_buffer.stream.view;
}

}  // namespace pim
