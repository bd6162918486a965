#include "tlm/softmax_unit.h"

#include "tlm/core/command/bank_operation.h"

namespace pim {

SoftmaxUnit::SoftmaxUnit(const sc_core::sc_module_name& name, const BankParameters& parameters,
                         std::uint32_t bankInDie, Counters& counters)
    : sc_module(name),
      commands("commands"),
      bram("bram"),
      m_parameters(parameters),
      m_bank(bankInDie),
      m_counters(counters) {
  commands.register_b_transport(this, &SoftmaxUnit::transport);
  m_buffer.enableStream();
}

void SoftmaxUnit::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const auto& command = *reinterpret_cast<const pim_command*>(payload.get_data_ptr());
  const auto& origin = *payload.get_extension<CommandExtension>();
  const BankWork work(command, m_bank);
  delay += toScTime(m_parameters.compute.clock.cycles(work.softmaxCycles(m_parameters.compute)));

  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;  // the unit's cycles are those of its BRAM port
  m_buffer.command = origin;
  bram->b_transport(m_buffer.read(0, nullptr, m_parameters.bramBytes), hidden);
  requireOk(m_buffer, name());
  if (m_parameters.functional) executeSoftmaxCommand(command, m_bank, m_buffer.stream.view);
  m_counters.bramBytes += work.bramBytes() * origin.multiplicity;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace pim
