#pragma once

#include "abi/pim_abi.h"
#include "sim/cosim/bank_stimulus.h"

namespace pim::cosim {

/// Makes a command invalid: breaks one rule that a bank checks, drawn from the rules for the command's kind:
/// a size, an alignment, a format, an address beyond a memory, the opcode.
void spoil(pim_command& command, const BankParameters& bank, BankStimuli& random);

}  // namespace pim::cosim
