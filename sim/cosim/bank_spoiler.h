#pragma once

#include "abi/pim_abi.h"
#include "sim/cosim/bank_stimulus.h"

namespace pim::cosim {

/// Breaks one rule that a bank checks, drawn from those of the command's kind: a size, an alignment, a
/// format, a place beyond a memory, the opcode.
void spoil(pim_command& command, const BankParameters& bank, BankStimuli& random);

}  // namespace pim::cosim
