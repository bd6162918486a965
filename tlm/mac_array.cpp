#include "tlm/mac_array.h"

#include "tlm/core/command/bank_operation.h"

namespace pim {

MacArray::MacArray(const sc_core::sc_module_name& name, const BankParameters& parameters,
                   std::uint32_t bankInDie, Counters& counters)
    : sc_module(name),
      commands("commands"),
      bmem("bmem"),
      bram("bram"),
      m_parameters(parameters),
      m_bank(bankInDie),
      m_counters(counters) {
  commands.register_b_transport(this, &MacArray::transport);
  m_cells.enableStream();
  m_buffer.enableStream();
}

void MacArray::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const auto& command = *reinterpret_cast<const pim_command*>(payload.get_data_ptr());
  const auto& origin = *payload.get_extension<CommandExtension>();
  const BankCompute& compute = m_parameters.compute;
  const BankWork work(command, m_bank);

  m_cells.command = origin;
  m_cells.stream.kind = StreamExtension::Kind::Mac;
  m_cells.stream.columnInterval = compute.columnInterval(work.vectors());
  std::uint64_t columns = 0;
  const std::uint8_t* cells = nullptr;  // BMEM from its first byte
  work.forEachRun([&](const ColumnRun& run) {
    bmem->b_transport(m_cells.read(run.offset, nullptr, run.columns * PIM_COLUMN_BYTES), delay);
    requireOk(m_cells, name());
    if (m_parameters.functional) cells = m_cells.stream.view - run.offset;
    columns += run.columns;
  });
  if (compute.overhead) delay += toScTime(compute.clock.cycles(BankCompute::kDrainCycles));

  // Vectors and results cross the BRAM port beside the stream: no time of their own.
  sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
  m_buffer.command = origin;
  bram->b_transport(m_buffer.read(0, nullptr, m_parameters.bramBytes), hidden);
  requireOk(m_buffer, name());
  if (m_parameters.functional) executeMacCommand(command, m_bank, cells, m_buffer.stream.view);

  const std::uint64_t beats = columns * work.vectors();
  m_counters.macOperations +=
      beats * static_cast<std::uint64_t>(BankCompute::kProductsPerColumn) * origin.multiplicity;
  m_counters.macBusy += static_cast<Picoseconds>(columns) *
                        compute.clock.cycles(compute.columnInterval(work.vectors())) * origin.multiplicity;
  m_counters.bramBytes += work.bramBytes() * origin.multiplicity;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace pim
