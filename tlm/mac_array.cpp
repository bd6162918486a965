#include "tlm/mac_array.h"

#include "tlm/core/command/bank_operation.h"

namespace pim {

MacArray::MacArray(const sc_core::sc_module_name& name, const BankParameters& parameters,
                   std::uint32_t bankInDie, Counters& counters, WorkLane& work)
    : BankUnit(name, parameters, bankInDie, counters, work),
      bmem("bmem"),
      m_drain(toScTime(
          parameters.compute.overhead ? parameters.compute.clock.cycles(BankCompute::kDrainCycles) : 0)) {
  m_cells.enableStream();
}

void MacArray::run(const pim_command& command, const CommandExtension& origin, sc_core::sc_time& delay) {
  const BankCompute& compute = m_parameters.compute;
  const BankWork work(command, m_bank);
  const std::uint32_t vectors = work.vectors();
  const std::int64_t columnInterval = work.columnInterval(compute);

  m_cells.command = origin;
  m_cells.stream.kind = StreamExtension::Kind::Mac;
  m_cells.stream.columnInterval = columnInterval;
  std::uint64_t columns = 0;
  const std::uint8_t* cells = nullptr;  // BMEM from its first byte
  work.forEachRun([&](const ColumnRun& run) {
    bmem->b_transport(m_cells.read(run.offset, nullptr, run.columns * PIM_COLUMN_BYTES), delay);
    requireOk(m_cells, name());
    if (m_parameters.functional) cells = m_cells.stream.view - run.offset;
    columns += run.columns;
  });
  delay += m_drain;
  if (const std::int64_t cycles = work.resultCycles(compute); cycles != 0)
    delay += toScTime(compute.clock.cycles(cycles));
  if (std::uint8_t* vectorsAndResults = buffer()) {
    m_work.add([command, bank = m_bank, cells, vectorsAndResults] {
      executeMacCommand(command, bank, cells, vectorsAndResults);
    });
  }

  constexpr auto kProducts = static_cast<std::uint64_t>(BankCompute::kProductsPerColumn);
  m_counters.macOperations += columns * vectors * kProducts * origin.multiplicity;
  m_counters.macBusy +=
      static_cast<Picoseconds>(columns) * compute.clock.cycles(columnInterval) * origin.multiplicity;
}

}  // namespace pim
