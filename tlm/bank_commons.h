#pragma once

#include "tlm/bank_parameters.h"
#include "tlm/core/command/bank_decoder.h"
#include "tlm/core/statistics.h"
#include "tlm/transaction.h"

namespace pim {

/// What the banks of a die share: what they are built from, and what they use in turn, each within one call.
/// Kept once, it stays in the host's cache.
class BankCommons {
 public:
  /// `c`: where the banks count.
  BankCommons(const BankParameters& p, Counters& c)
      : parameters(p),
        counters(c),
        drain(toScTime(p.compute.overhead ? p.compute.clock.cycles(BankCompute::kDrainCycles) : 0)) {
    m_cells.enableStream();
    m_buffer.enableStream();
  }

  const BankParameters parameters;
  Counters& counters;
  const sc_core::sc_time drain;  ///< of the MAC array: last column to last result in BRAM

  /// `descriptor`: PIM_COMMAND_BYTES of them. The answer lasts until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie) {
    return m_decoder.decode(descriptor, bankInDie, parameters.compute, parameters.bramBytes,
                            parameters.dram.timing().organisation.bankBytes);
  }

  bool decoded(const DecodedCommand& command) const { return m_decoder.made(command); }

  /// A unit's stream of the columns of a command. Returns BMEM from its first byte, for work of the bank's
  /// lane; null where nothing is computed.
  template <typename Socket>
  std::uint8_t* stream(StreamExtension::Kind kind, const DecodedCommand& work, const CommandExtension& origin,
                       Socket& bmem, sc_core::sc_time& delay, const sc_core::sc_object& unit) {
    m_cells.stream.command = &origin;
    m_cells.stream.kind = kind;
    m_cells.stream.columnInterval = work.columnInterval;
    std::uint8_t* cells = nullptr;
    for (const ColumnRun& run : work.runs) {
      const std::uint32_t bytes = run.columns * PIM_COLUMN_BYTES;
      bmem->b_transport(kind == StreamExtension::Kind::Write ? m_cells.write(run.offset, nullptr, bytes)
                                                             : m_cells.read(run.offset, nullptr, bytes),
                        delay);
      requireOk(m_cells, unit);
      if (parameters.functional) cells = m_cells.stream.view - run.offset;
    }
    return cells;
  }
  /// BRAM from its first byte, for work of the bank's lane; null where nothing is computed. Vectors and
  /// results cross its port beside the stream or in the unit's own cycles, so this takes no time.
  template <typename Socket>
  std::uint8_t* view(Socket& bram, const sc_core::sc_object& unit) {
    if (!parameters.functional) return nullptr;
    sc_core::sc_time hidden = sc_core::SC_ZERO_TIME;
    bram->b_transport(m_buffer.read(0, nullptr, parameters.bramBytes), hidden);
    requireOk(m_buffer, unit);
    return m_buffer.stream.view;
  }

 private:
  Transaction m_cells;   // a unit's with BMEM
  Transaction m_buffer;  // a unit's with BRAM
  BankDecoder m_decoder;
};

}  // namespace pim
