#include "tlm/bank/softmax_unit.h"

#include "core/operations/bank_operation.h"

namespace pim {

void SoftmaxUnit::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const CommandRequest& request = requestOf(payload);
  const DecodedCommand& work = *request.work;
  delay += toScTime(m_parameters.compute.clock.cycles(work.softmaxCycles));
  if (std::uint8_t* rows = m_commons.view(bram, *this)) {
    m_work.add(
        [command = work.command, bank = m_bank, rows] { executeBankCommand(command, bank, nullptr, rows); });
  }
  m_commons.finish(payload, request);
}

}  // namespace pim
