#include "tlm/bank/mac_array.h"

#include "core/operations/bank_operation.h"

namespace pim {

MacArray::MacArray(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
                   WorkLane& work)
    : BankUnit(name, commons, bankInDie, work), bmem("bmem") {}

void MacArray::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const CommandRequest& request = requestOf(payload);
  const DecodedCommand& work = *request.work;
  const Clock& clock = m_parameters.compute.clock;
  std::uint8_t* cells = m_commons.stream(work, request, bmem, delay, *this);
  delay += m_commons.drain;
  if (work.resultCycles != 0) delay += toScTime(clock.cycles(work.resultCycles));
  if (std::uint8_t* vectorsAndResults = m_commons.view(bram, *this)) {
    m_work.add([command = work.command, bank = m_bank, cells, vectorsAndResults] {
      executeBankCommand(command, bank, cells, vectorsAndResults);
    });
  }

  const std::uint64_t streamed = work.columns * request.multiplicity;
  m_commons.counters.macOperations += work.products * request.multiplicity;
  m_commons.counters.macBusy += static_cast<Picoseconds>(streamed) * clock.cycles(work.columnInterval);
  m_commons.finish(payload, request);
}

}  // namespace pim
