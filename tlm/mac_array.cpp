#include "tlm/mac_array.h"

#include "tlm/core/command/bank_operation.h"

namespace pim {

MacArray::MacArray(const sc_core::sc_module_name& name, BankCommons& commons, std::uint32_t bankInDie,
                   WorkLane& work)
    : BankUnit(name, commons, bankInDie, work), bmem("bmem") {}

void MacArray::run(const DecodedCommand& work, const CommandExtension& origin, sc_core::sc_time& delay) {
  const Clock& clock = m_parameters.compute.clock;
  Transaction& columns = m_commons.cells;
  columns.command = origin;
  columns.stream.kind = StreamExtension::Kind::Mac;
  columns.stream.columnInterval = work.columnInterval;
  std::uint8_t* cells = nullptr;  // BMEM from its first byte
  for (const ColumnRun& run : work.runs) {
    bmem->b_transport(columns.read(run.offset, nullptr, run.columns * PIM_COLUMN_BYTES), delay);
    requireOk(columns, *this);
    if (m_parameters.functional) cells = columns.stream.view - run.offset;
  }
  delay += m_commons.drain;
  if (work.resultCycles != 0) delay += toScTime(clock.cycles(work.resultCycles));
  if (std::uint8_t* vectorsAndResults = buffer()) {
    m_work.add([command = work.command, bank = m_bank, cells, vectorsAndResults] {
      executeBankCommand(command, bank, cells, vectorsAndResults);
    });
  }

  constexpr auto kProducts = static_cast<std::uint64_t>(BankCompute::kProductsPerColumn);
  const std::uint64_t streamed = work.columns * origin.multiplicity;
  m_commons.counters.macOperations += streamed * work.vectors * kProducts;
  m_commons.counters.macBusy += static_cast<Picoseconds>(streamed) * clock.cycles(work.columnInterval);
}

}  // namespace pim
