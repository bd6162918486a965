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
    cells.enableStream();
    buffer.enableStream();
  }

  const BankParameters parameters;
  Counters& counters;
  const sc_core::sc_time drain;  ///< of the MAC array: last column to last result in BRAM
  Transaction cells;             ///< a unit's with BMEM
  Transaction buffer;            ///< a unit's with BRAM

  /// `descriptor`: PIM_COMMAND_BYTES of them. The answer lasts until the next call.
  const DecodedCommand& decode(const void* descriptor, std::uint32_t bankInDie) {
    return m_decoder.decode(descriptor, bankInDie, parameters.compute, parameters.bramBytes,
                            parameters.dram.timing().organisation.bankBytes);
  }

 private:
  BankDecoder m_decoder;
};

}  // namespace pim
