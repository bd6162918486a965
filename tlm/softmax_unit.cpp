#include "tlm/softmax_unit.h"

#include "tlm/core/command/bank_operation.h"

namespace pim {

void SoftmaxUnit::run(const pim_command& command, const CommandExtension&, sc_core::sc_time& delay) {
  const BankCompute& compute = m_parameters.compute;
  delay += toScTime(compute.clock.cycles(BankWork(command, m_bank).softmaxCycles(compute)));
  if (std::uint8_t* rows = buffer()) {
    m_work.add([command, bank = m_bank, rows] { executeSoftmaxCommand(command, bank, rows); });
  }
}

}  // namespace pim
