#pragma once

#include <tlm>

#include "core/fpga/token_schedule.h"

namespace pim::fpga {

/// The instruction that a payload carries from the sequencer to a unit, and from LD and ST on to the HBM.
/// Times are of the program, in femtoseconds: the delay that goes with the call is the same, rounded to the
/// kernel's picoseconds.
class InstructionExtension : public tlm::tlm_extension<InstructionExtension> {
 public:
  // From the initiator.
  const Instruction* instruction = nullptr;

  // From the target.
  Femtoseconds service = 0;  ///< of the transfer or the computation
  Interval ran{};            ///< when the unit was at it, tokens and its own queue considered

  tlm::tlm_extension_base* clone() const override { return new InstructionExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const InstructionExtension&>(other);
  }
};

}  // namespace pim::fpga
